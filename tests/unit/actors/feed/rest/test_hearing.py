"""A deaf stream is told from a quiet symbol, by one question for its price."""

from itertools import pairwise

from actors.feed.gaps.continuity import Key
from actors.feed.rest.hearing import Deafness, Hearing, Sound
from protocol.messages import Venue

SAMSUNG, HYNIX = ("005930", Venue.KRX), ("000660", Venue.KRX)
LEAST_S, MOST_S, LATE_S = 30.0, 900.0, 1.5


class Market:
    """Looks once a second at a link on which HYNIX trades all the time, and SAMSUNG as a test says."""

    def __init__(self) -> None:
        self.hearing = Hearing(times=10.0, least_s=LEAST_S, most_s=MOST_S, late_s=LATE_S)
        self.now = 0.0
        self.since_ns = 1
        self.volume = 1_000
        self.others_trade = True
        self.asked: list[float] = []
        self.deaf: list[Deafness] = []

    def look(self, *keys: Key, link: str = "main") -> None:
        """Let a second go by, and take a look at these streams; at both if none is named."""
        self.now += 1.0
        others = int(self.now) if self.others_trade else 1
        sounds = {SAMSUNG: Sound(self.since_ns, self.volume), HYNIX: Sound(1, others)}
        self.hearing.listen(link, {key: sounds[key] for key in keys or sounds}, self.now)
        self.deaf += self.hearing.take_deaf(self.now)

    def trade_every(self, seconds: int, times: int) -> None:
        """Let SAMSUNG trade so many *times*."""
        for _ in range(times):
            for _ in range(seconds - 1):
                self.look()
            self.volume += 10
            self.look()

    def be_silent(self, seconds: float, told: int | None) -> None:
        """Let SAMSUNG be silent; whoever asks for its price is told this cumulative volume."""
        end = self.now + seconds
        while self.now < end:
            self.look()
            if (key := self.hearing.next_question(self.now)) is not None:
                assert key == SAMSUNG
                self.asked.append(self.now)
                self.hearing.on_price(key, told, self.now)


def test_a_symbol_is_asked_for_after_ten_of_its_own_intervals() -> None:
    """A stock that trades every ten seconds is not silent after thirty."""
    market = Market()
    market.trade_every(10, times=30)
    began = market.now

    market.be_silent(99, told=market.volume)
    assert market.asked == []
    market.be_silent(2, told=market.volume)

    assert market.asked == [began + 100]


def test_a_busy_symbol_has_half_a_minute_all_the_same() -> None:
    """An interruption of two minutes is nothing unusual, and each question is a call."""
    market = Market()
    market.trade_every(1, times=60)
    began = market.now

    market.be_silent(31, told=market.volume)

    assert market.asked == [began + LEAST_S]


def test_a_quiet_symbol_is_asked_for_ever_more_seldom_and_is_not_deaf() -> None:
    """A day without trades: a handful of questions, and no new registration."""
    market = Market()
    market.trade_every(1, times=60)
    began = market.now

    market.be_silent(2_000, told=market.volume)

    assert [at - began for at in market.asked] == [30, 90, 210, 450, 930, 1830]
    assert market.deaf == []
    market.trade_every(1, times=60)
    market.be_silent(31, told=market.volume)
    assert len(market.asked) == 7


def test_a_symbol_that_trades_unheard_is_deaf_until_it_brings_a_trade() -> None:
    """Confirmed, the link alive, the others trading: nothing else tells."""
    market = Market()
    market.trade_every(1, times=60)
    began = market.now

    market.be_silent(32, told=market.volume + 500)

    assert market.asked == [began + LEAST_S]
    assert market.deaf == [Deafness(SAMSUNG, silent_s=32.0, shares=500)]
    assert market.hearing.deaf == {SAMSUNG}
    market.since_ns = 2
    market.look()
    assert market.hearing.deaf == {SAMSUNG}
    market.trade_every(1, times=1)
    assert market.hearing.deaf == frozenset()


def test_what_rest_knows_a_moment_before_the_stream_is_no_deafness() -> None:
    """The trade is on its way."""
    market = Market()
    market.trade_every(1, times=60)
    market.be_silent(30, told=market.volume + 10)
    assert len(market.asked) == 1

    market.trade_every(1, times=3)

    assert market.deaf == []


def test_a_new_registration_that_does_not_help_is_not_tried_in_a_loop() -> None:
    """KIS blocks who subscribes and unsubscribes without looking whether anything comes."""
    market = Market()
    market.trade_every(1, times=60)
    renewed: list[float] = []
    while market.now < 2_500:
        market.be_silent(1, told=market.volume + int(market.now))
        if len(market.deaf) > len(renewed):
            market.since_ns += 1
            renewed.append(market.now)

    pauses = [later - earlier for earlier, later in pairwise(renewed)]
    assert all(pause >= least for pause, least in zip(pauses, (60, 120, 240, 480, MOST_S), strict=True))


def test_a_symbol_that_has_told_nothing_yet_is_compared_with_the_question_before() -> None:
    """What was traded before we came is no sign: confirmed and empty shows only in what is traded from then on."""
    market = Market()
    market.volume = 0
    market.be_silent(31, told=5_000)
    assert market.deaf == []

    market.be_silent(60, told=5_000)
    assert market.deaf == []
    market.be_silent(125, told=5_700)

    assert [deafness.shares for deafness in market.deaf] == [700]


def test_a_price_that_cannot_be_had_is_asked_for_again_later() -> None:
    """REST may be down: that says nothing of the stream."""
    market = Market()
    market.trade_every(1, times=60)
    began = market.now

    market.be_silent(91, told=None)

    assert [at - began for at in market.asked] == [30, 90]
    assert market.deaf == []


def test_a_link_that_brings_nothing_at_all_is_for_the_other_clock() -> None:
    """Forty questions, and forty registrations anew, would not mend a stalled connection."""
    market = Market()
    market.trade_every(1, times=60)
    market.others_trade = False

    market.be_silent(500, told=market.volume + 1)

    assert market.asked == []


def test_a_silence_begins_when_the_stream_is_confirmed_or_the_session_begins() -> None:
    """What lies before was nobody's to bring."""
    market = Market()
    market.trade_every(1, times=60)
    for _ in range(100):
        market.look(HYNIX)
    began = market.now

    market.be_silent(32, told=market.volume)
    assert market.asked == [began + 1 + LEAST_S]
    market.since_ns = 2
    market.be_silent(60, told=market.volume)
    assert len(market.asked) == 1


def test_a_new_session_counts_its_shares_anew() -> None:
    """The volume falls back to nothing over night: neither a trade nor a sign."""
    market = Market()
    market.trade_every(1, times=60)
    market.volume = 0

    market.be_silent(40, told=0)
    market.be_silent(70, told=300)

    assert [deafness.shares for deafness in market.deaf] == [300]


def test_an_answer_that_comes_when_nobody_waits_for_it_any_more_says_nothing() -> None:
    """A trade, or a lost link, was faster."""
    market = Market()
    market.trade_every(1, times=60)
    for _ in range(30):
        market.look()
    assert market.hearing.next_question(market.now) == SAMSUNG
    assert market.hearing.next_question(market.now) is None
    market.trade_every(1, times=1)

    market.hearing.on_price(SAMSUNG, market.volume + 500, market.now)
    for _ in range(5):
        market.look()

    assert market.deaf == []


def test_two_venues_of_a_symbol_are_asked_one_after_the_other() -> None:
    """They have fallen silent in the same second, as in an interruption."""
    hearing = Hearing(times=10.0, least_s=LEAST_S, most_s=MOST_S, late_s=LATE_S)
    streams = [SAMSUNG, ("005930", Venue.NXT)]
    for now in range(int(LEAST_S) + 1):
        hearing.listen("main", {**dict.fromkeys(streams, Sound(1, 500)), HYNIX: Sound(1, now)}, float(now))

    assert [hearing.next_question(LEAST_S) for _ in range(3)] == [*streams, None]


def test_a_stream_that_has_moved_to_another_link_is_heard_there() -> None:
    """Its first link was lost."""
    market = Market()
    market.trade_every(1, times=60)
    for _ in range(20):
        market.hearing.listen("main", {HYNIX: Sound(1, int(market.now))}, market.now)
        market.look(SAMSUNG, link="second")

    assert market.hearing.next_question(market.now + 20) is None
