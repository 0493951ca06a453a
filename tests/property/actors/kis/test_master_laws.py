"""Master files may hold anything."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from actors.kis.downloads import unpack
from actors.kis.errors import MasterError
from actors.kis.masters import MASTER_FILES, parse_master
from tests.support.masters import korean_line, us_line, zipped

FILES = st.sampled_from(sorted(MASTER_FILES))
GOOD = [korean_line().encode("cp949"), korean_line(tail=221).encode("cp949"), us_line().encode("cp949")]


@st.composite
def nearly_good(draw: st.DrawFn) -> bytes:
    """Return good lines with a few bytes changed, lost or too many."""
    content = bytearray(b"\n".join(draw(st.lists(st.sampled_from(GOOD), min_size=1, max_size=3))))
    for place in draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        start = min(place, len(content))
        content[start : start + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
    return bytes(content)


@given(FILES, st.binary() | nearly_good())
def test_every_line_is_listed_refused_or_stepped_over(name: str, content: bytes) -> None:
    """Whatever a server sends, the actor goes on and says which lines it did not understand."""
    refused: list[MasterError] = []

    listings = list(parse_master(name, content, refused))

    assert len(listings) + len(refused) <= content.count(b"\n") + 1
    assert all(listing.symbol and listing.name and listing.key and listing.base_price >= 0 for listing in listings)


@given(st.binary() | st.builds(lambda cut: zipped(GOOD[0])[:cut], st.integers(0, 400)))
def test_any_bytes_unpack_or_are_refused(packed: bytes) -> None:
    """One kind of error, so one way to go on."""
    with contextlib.suppress(MasterError):
        assert isinstance(unpack(packed), bytes)
