"""Which link carries which stream."""

from actors.feed.demand.allocation import Allocation, LinkState
from actors.kis.messages import Stream

PATIENCE_S = 10.0
UP, DOWN, IDLE = LinkState(3, is_up=True), LinkState(3, is_up=False), LinkState(3, is_up=False, is_idle=True)


def streams(text: str) -> list[Stream]:
    """Return a stream for each letter."""
    return [Stream("H0STCNT0", letter) for letter in text]


def letters(allocated: dict[str, tuple[Stream, ...]]) -> dict[str, str]:
    """Return what each link carries, as letters."""
    return {name: "".join(stream.key for stream in carried) for name, carried in allocated.items()}


class Scene:
    """An allocation and the moment."""

    def __init__(self) -> None:
        self._allocation = Allocation(PATIENCE_S)

    def at(self, now: float, wanted: str, **links: LinkState) -> dict[str, str]:
        """Return what each link is to carry at *now*."""
        return letters(self._allocation.allocate(streams(wanted), links, now))


def test_streams_are_spread_over_the_links_and_the_least_important_have_no_place() -> None:
    """What one session more can carry is one symbol less to be polled."""
    assert Scene().at(0, "abcd", x=IDLE, y=IDLE) == {"x": "ac", "y": "bd"}
    assert Scene().at(0, "abcdefgh", x=IDLE, y=IDLE) == {"x": "ace", "y": "bdf"}


def test_a_blip_moves_nothing() -> None:
    """A reconnect takes a second; moving a stream takes two requests, which KIS counts."""
    scene = Scene()
    before = scene.at(0, "abcd", x=UP, y=UP)

    assert scene.at(1, "abcd", x=DOWN, y=UP) == before
    assert scene.at(10.9, "abcd", x=DOWN, y=UP) == before
    assert scene.at(11, "abcd", x=DOWN, y=UP) == {"x": "c", "y": "abd"}


def test_what_a_lost_link_carried_moves_and_does_not_come_back() -> None:
    """Coming back would be a move, too; and the link that has room again carries what had no place."""
    scene = Scene()
    scene.at(0, "abcd", x=UP, y=UP)
    scene.at(1, "abcd", x=DOWN, y=UP)
    scene.at(11, "abcd", x=DOWN, y=UP)

    assert scene.at(60, "abcd", x=UP, y=UP) == {"x": "c", "y": "abd"}


def test_a_link_that_failed_is_trusted_only_when_kis_has_taken_it_again() -> None:
    """It has nothing to do and rests; were it given work for that, streams would go to and fro for ever."""
    scene = Scene()
    scene.at(0, "ab", x=DOWN, y=UP)
    assert scene.at(10, "ab", x=DOWN, y=UP) == {"x": "", "y": "ab"}

    assert scene.at(11, "abc", x=IDLE, y=UP) == {"x": "", "y": "abc"}
    assert scene.at(12, "abcd", x=IDLE, y=UP) == {"x": "d", "y": "abc"}
    assert scene.at(13, "abcd", x=UP, y=UP) == {"x": "d", "y": "abc"}
    assert scene.at(14, "abcde", x=UP, y=UP) == {"x": "de", "y": "abc"}


def test_when_all_have_failed_all_go_on_trying() -> None:
    """KIS itself is down: every link keeps what it had, and asks for it when KIS is back."""
    scene = Scene()
    before = scene.at(0, "abcd", x=DOWN, y=DOWN)

    assert scene.at(10, "abcd", x=DOWN, y=DOWN) == before


def test_a_link_that_is_given_up_is_left_at_once() -> None:
    """KIS refuses its app key; no patience brings it back."""
    scene = Scene()
    scene.at(0, "abcd", x=UP, y=UP)

    assert scene.at(1, "abcd", y=UP) == {"y": "abd"}


def test_the_limit_that_kis_has_taught_us_leaves_the_least_important_out() -> None:
    """OPSP0008: the session lives on and carries fewer than was configured."""
    scene = Scene()
    scene.at(0, "abc", x=UP)

    assert scene.at(1, "abc", x=LinkState(2, is_up=True)) == {"x": "ab"}


def test_a_stream_gives_way_only_after_it_has_been_less_important_for_a_while() -> None:
    """Importance follows the prices, which go up and down; subscriptions must not."""
    scene = Scene()
    scene.at(0, "abcd", x=UP)

    assert scene.at(1, "abdc", x=UP) == {"x": "abc"}
    assert scene.at(2, "abcd", x=UP) == {"x": "abc"}
    assert scene.at(3, "abdc", x=UP) == {"x": "abc"}
    assert scene.at(13, "abdc", x=UP) == {"x": "abd"}


def test_what_nobody_wants_any_more_makes_room_at_once() -> None:
    """A symbol was removed on the phone."""
    scene = Scene()
    scene.at(0, "abcd", x=UP)

    assert scene.at(1, "abd", x=UP) == {"x": "abd"}
