"""A master file over HTTP, synchronous, by `requests`, and unpacked. No decisions.

It needs no key. Proxies and ~/.netrc of the environment are ignored, redirects are not followed, nothing is read beyond
its bound, and whoever stops need not wait for the rest.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable

import requests

from actors.kis.config import KisConfig
from actors.kis.errors import MasterError
from actors.runtime.errors import TemporaryFailure
from actors.runtime.web import WebSession

__all__ = ["MasterDownloads", "unpack"]

MOST_PACKED = 16 * 1024 * 1024
MOST_BYTES = 32 * 1024 * 1024
CHUNK = 64 * 1024
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
        config = self._config
        packed = bytearray()
        try:
            with (
                WebSession() as session,
                session.get(
                    f"{config.masters_url}/{name}.zip",
                    timeout=(config.connect_timeout_s, config.read_timeout_s),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                status = response.status_code
                for chunk in response.iter_content(CHUNK):
                    packed += chunk
                    if len(packed) > MOST_PACKED or self._is_stopping():
                        break
        except (requests.RequestException, OSError) as error:
            message = f"expected the file {name}.zip, found {type(error).__name__}"
            raise TemporaryFailure(message) from error
        if status != FOUND or len(packed) > MOST_PACKED or self._is_stopping():
            message = f"expected the file {name}.zip, found HTTP {status} with {len(packed)} bytes"
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
