"""A master file over HTTP, synchronous, and unpacked. No decisions.

It needs no key, nothing is read beyond its bound, and whoever stops need not wait for the rest.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable

from actors.kis.config import KisConfig
from actors.kis.errors import MasterError
from actors.kis.web import CHUNK, UNREACHABLE, Web
from actors.runtime.errors import TemporaryFailure

__all__ = ["MasterDownloads", "unpack"]

MOST_PACKED = 16 * 1024 * 1024
MOST_BYTES = 32 * 1024 * 1024
FOUND = 200

UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError),
    *(OSError, OverflowError, RuntimeError, ValueError),
)
"""What `zipfile` raises over bytes that are no good: damaged, encrypted, packed in another way."""


class MasterDownloads:
    """The folder of master files at `[kis] masters_url`."""

    def __init__(self, config: KisConfig, is_stopping: Callable[[], bool]) -> None:
        self._config = config
        self._is_stopping = is_stopping

    def fetch(self, name: str) -> bytes:
        """Return the master file *name*, unpacked.

        Raises:
            TemporaryFailure: it cannot be had, or we are stopping.
            MasterError: it is no zip with one file of a bearable size.
        """
        packed = bytearray()
        url = f"{self._config.masters_url}/{name}.zip"
        try:
            with Web(self._config) as web, web.ask("GET", url) as answer:
                for chunk in answer.stream(CHUNK):
                    packed += chunk
                    if len(packed) > MOST_PACKED or self._is_stopping():
                        break
        except UNREACHABLE as error:
            message = f"expected the file {name}.zip, found {type(error).__name__}"
            raise TemporaryFailure(message) from error
        if answer.status != FOUND or len(packed) > MOST_PACKED or self._is_stopping():
            message = f"expected the file {name}.zip, found HTTP {answer.status} with {len(packed)} bytes"
            raise TemporaryFailure(message)
        return unpack(bytes(packed))


def unpack(packed: bytes) -> bytes:
    """Return the one file in the zip *packed*.

    Raises:
        MasterError: it is none, or larger than any master file could be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as package:
            (member,) = package.infolist()
            with package.open(member) as file:
                content = file.read(MOST_BYTES + 1)
    except UNREADABLE as error:
        message = f"expected a zip with one master file, found {len(packed)} bytes: {type(error).__name__}"
        raise MasterError(message) from None
    if len(content) > MOST_BYTES:
        message = f"expected at most {MOST_BYTES} bytes in a master file, found more"
        raise MasterError(message)
    return content
