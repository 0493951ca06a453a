"""What comes out of a zip, or does not."""

import struct

import pytest

from actors.kis import downloads
from actors.kis.downloads import unpack
from actors.kis.errors import MasterError
from tests.support.masters import zipped


def test_the_one_file_in_a_zip_comes_out_whatever_its_name() -> None:
    """KIS has changed names inside before."""
    assert unpack(zipped(b"005930", "anything")) == b"005930"


def encrypted(packed: bytes) -> bytes:
    """Return *packed* with the mark of a password in both of its headers."""
    local, central = packed.index(b"PK\x03\x04") + 6, packed.index(b"PK\x01\x02") + 8
    marked = bytearray(packed)
    for place in (local, central):
        struct.pack_into("<H", marked, place, 1)
    return bytes(marked)


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"<html>502</html>",
        zipped(b"x" * 1_000)[:-30],
        zipped(b"x", copies=0),
        zipped(b"x", copies=2),
        zipped(b"x" * 1_000).replace(b"PK\x01\x02", b"PK\x01\x03"),
        encrypted(zipped(b"x")),
    ],
    ids=["nothing", "html", "cut", "empty", "two files", "damaged", "password"],
)
def test_what_is_no_zip_with_one_file_is_one_kind_of_error(packed: bytes) -> None:
    """A gateway's HTML, half a download, a password: the answer is always yesterday's file."""
    with pytest.raises(MasterError, match="zip with one master file"):
        unpack(packed)


def test_a_zip_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes of zip can be gigabytes."""
    monkeypatch.setattr(downloads, "MOST_BYTES", 1_000)

    with pytest.raises(MasterError, match="at most 1000 bytes"):
        unpack(zipped(b"\0" * 1_001))
