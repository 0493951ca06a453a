"""The self-test before the open: what is looked at, and what is told."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from actors.analyst.bars.history import Bar
from actors.analyst.config import AnalystConfig
from actors.analyst.day.self_test import ChannelState, Link, Readings, Stream, judge
from actors.analyst.day.self_tests import SelfTests
from actors.analyst.store import AnalystStore
from actors.market.schedule import Schedule, Step
from actors.runtime.errors import CommandRefused, TemporaryFailure
from actors.runtime.store import open_store
from protocol.letters import THE_OPERATOR, Check, SelfTested
from protocol.messages import Market
from protocol.moments import to_ns
from protocol.topology import ACTORS
from tests.support.actor import make_actor, make_settings
from tests.support.alerts import arrive, rehearsed
from tests.support.calendar import calendar
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.market import DAY, NINE, targets
from tests.support.ports import FakePorts
from tests.support.watching import write_watches


def stream(symbol: str, standing: str, *, polled: bool = False) -> Stream:
    """Return what feed tells of a stream of a symbol's trades."""
    return Stream(symbol=symbol, of_trades=True, standing=standing, polled=polled)


OTHERS = [name for name in ACTORS if name != "analyst"]
WELL = Readings(
    market=Market.KRX,
    states=dict.fromkeys(OTHERS, ("running", "")),
    links=[Link(link="main", phase="connected")],
    streams=[stream("122630", "confirmed"), stream("005930", "wanted", polled=True)],
    watched={"122630": "KODEX 레버리지", "005930": "삼성전자"},
    clock_offset_s=-1.0,
    rehearsal_s=0.42,
)
NTFY = ChannelState(channel="ntfy", ok=False, found="HTTP 503")
CONSOLE = ChannelState(channel="console", ok=True, found="it answers")
US = msgspec.structs.replace(WELL, market=Market.US, watched={"TQQQ": "TQQQ"}, streams=[])


def failures(read: Readings) -> list[tuple[str, str]]:
    """Return name and finding of what is not well."""
    return [(check.name, check.found) for check in judge(read) if not check.ok]


def test_when_all_is_well_thirteen_of_thirteen_are() -> None:
    """Six others, connection, token, prices, bars, targets, clock, and a trade that arrived."""
    checks = judge(WELL)

    names = ["link", "token", "streams", "bars", "targets", "clock", "rehearsal"]
    assert [check.name for check in checks] == [*OTHERS, *names]
    assert [check.ok for check in checks] == [True] * 13
    assert checks[-1].found == "0.4"


@pytest.mark.parametrize(
    ("changes", "failing"),
    [
        ({"states": WELL.states | {"chart": ("", "it does not answer")}}, ("chart", "it does not answer")),  # type: ignore[operator]
        ({"states": WELL.states | {"feed": ("degraded", "no trades")}}, ("feed", "no trades")),  # type: ignore[operator]
        ({"links": []}, ("link", "")),
        ({"links": [Link(link="main", phase="connecting")]}, ("link", "main: connecting")),
        ({"links": [*WELL.links, Link(link="b", phase="connected", trouble="in use")]}, ("link", "b: in use")),
        ({"token_refusal": "refused"}, ("token", "refused")),
        ({"streams": WELL.streams[:1]}, ("streams", "삼성전자")),
        ({"streams": [stream("122630", "asked"), WELL.streams[1]]}, ("streams", "KODEX 레버리지")),
        ({"without_bars": ["005930"]}, ("bars", "삼성전자")),
        ({"without_targets": ["005930", "122630"]}, ("targets", "삼성전자, KODEX 레버리지")),
        ({"clock_offset_s": 4.0}, ("clock", "+4 s")),
        ({"clock_offset_s": None, "clock_failure": "KIS is away"}, ("clock", "KIS is away")),
        ({"channels": [NTFY, CONSOLE]}, ("channels", "ntfy: HTTP 503")),
        ({"rehearsal_failure": "evaluator: no alert"}, ("rehearsal", "evaluator: no alert")),
    ],
)
def test_each_thing_that_is_not_well_fails_alone_and_says_what(
    changes: dict[str, object], failing: tuple[str, str]
) -> None:
    """The operator has five minutes, and must not look for it."""
    assert failures(msgspec.structs.replace(WELL, **changes)) == [failing]


def test_what_cannot_be_asked_is_not_held_against_us() -> None:
    """With bars from files there is no token; the simulated world has its own time."""
    read = msgspec.structs.replace(WELL, token_refusal=None, clock_offset_s=None)

    assert (len(judge(read)), failures(read)) == (12, [])


def test_a_stream_that_tells_of_halts_brings_no_prices() -> None:
    """It is confirmed on its own: then nobody would notice that the one of the trades is not."""
    of_halts = Stream(symbol="122630", of_trades=False, standing="confirmed")
    refused = stream("122630", "refused")

    assert failures(msgspec.structs.replace(WELL, streams=[*WELL.streams, of_halts])) == []
    silent = msgspec.structs.replace(WELL, streams=[refused, of_halts, WELL.streams[1]])
    assert failures(silent) == [("streams", "KODEX 레버리지")]


def test_a_us_symbol_without_a_stream_is_polled_while_us_poller_runs() -> None:
    """Only where neither brings it does nobody watch."""
    without_poller = msgspec.structs.replace(US, states=US.states | {"us_poller": ("starting", "")})  # type: ignore[operator]
    streamed = msgspec.structs.replace(without_poller, streams=[stream("TQQQ", "confirmed")])
    of_another = msgspec.structs.replace(without_poller, streams=[stream("STQQQ", "confirmed")])

    assert failures(US) == []
    assert failures(without_poller) == [("us_poller", "starting"), ("streams", "TQQQ")]
    assert failures(streamed) == [("us_poller", "starting")]
    assert failures(of_another) == failures(without_poller)


class Office:
    """Where the self-test is made, and those who are asked."""

    def __init__(self, directory: Path) -> None:
        self.settings = make_settings(directory)
        lay_out(self.settings, "analyst", "evaluator", "telegram")
        write_watches(self.settings, [("122630", "KODEX 레버리지", "KRX")])
        self.engine = open_store("analyst", self.settings)
        self.store = AnalystStore(self.engine)
        self.ports = FakePorts()
        for name in OTHERS:
            self.ports.answers[name, "status"] = lambda: {"state": "running", "reason": ""}
        self.ports.answers["feed", "token"] = lambda **_: {}
        self.ports.answers["feed", "subscriptions"] = lambda: {
            "links": [{"link": "main", "phase": "connected", "trouble": ""}],
            "streams": [{"symbol": "122630", "of_trades": True, "standing": "confirmed", "polled": False}],
        }
        self.ports.answers["feed", "rehearse"] = self._rehearse
        self.clock_failure: TemporaryFailure | None = None
        clock = FakeClock(NINE - timedelta(minutes=5))
        actor = make_actor("analyst", AnalystConfig(), self.settings, ports=self.ports, clock=clock)
        self.self_tests = SelfTests(actor, self.store, calendar(), self._read_offset)

    def make_ready(self) -> None:
        """Let the last bar and today's targets be there."""
        bar = Bar(session_date=date(2025, 11, 27), open=1.0, high=1.0, low=1.0, close=1.0, volume=1)
        self.store.keep_bars("122630", [bar], "test")
        self.store.keep_targets(targets())

    def tested(self, market: Market = Market.KRX) -> list[Check]:
        """Return what was found before that market's open; nothing if nobody is told."""
        steps = Schedule(calendar(), AnalystConfig().day).steps_on(market, DAY)
        step = next(each for each in steps if each.step is Step.SELF_TEST)
        letters = asyncio.run(self.self_tests.write(step))
        if not letters:
            return []
        assert (letters[0].id, letters[0].person_id) == ("analyst:self_test:KRX:2025-11-28", THE_OPERATOR)
        assert isinstance(letters[0].matter, SelfTested)
        return letters[0].matter.checks

    def _rehearse(self, person: int) -> dict[str, object]:
        arrive(self.settings, rehearsed(person))
        return {"traded_at_ns": to_ns(rehearsed(person).traded_at)}

    def _read_offset(self) -> float | None:
        if self.clock_failure:
            raise self.clock_failure
        return 0.0


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return an office five minutes before the open, all being well outside."""
    office = Office(tmp_path)
    yield office
    office.engine.dispose()


def test_everybody_is_asked_and_the_operator_is_told(office: Office) -> None:
    """13/13."""
    office.make_ready()

    assert [check.ok for check in office.tested()] == [True] * 13


def test_who_does_not_answer_and_what_is_not_there_fails(office: Office) -> None:
    """A self-test that ends with the first silence would be none."""
    office.ports.answers.clear()
    office.clock_failure = TemporaryFailure("KIS is away")

    assert not any(check.ok for check in office.tested())


def test_a_token_that_kis_refuses_fails(office: Office) -> None:
    """Without one there are no prices over REST when the stream is lost."""

    def refuse(**_: object) -> dict[str, object]:
        message = "EGW00103"
        raise CommandRefused(message)

    office.make_ready()
    office.ports.answers["feed", "token"] = refuse

    assert [check for check in office.tested() if not check.ok] == [Check(name="token", ok=False, found="EGW00103")]


@pytest.mark.parametrize(("ok", "found"), [(True, ""), (False, "ntfy: HTTP 503")])
def test_ntfy_is_knocked_at_where_it_is_switched_on(office: Office, *, ok: bool, found: str) -> None:
    """Telegram brings the rehearsal; whoever is on ntfy alone would learn of its silence by missing an alert."""
    office.make_ready()
    channels = [
        {"channel": "telegram", "ok": False, "found": "its own business", "remedy": "", "people": []},
        {"channel": "ntfy", "ok": ok, "found": "HTTP 503", "remedy": "start it", "people": ["Anna"]},
    ]
    office.ports.answers["telegram", "channels"] = lambda: {"channels": channels}

    *others, channel, rehearsal = office.tested()
    assert channel == Check(name="channels", ok=ok, found=found)
    assert rehearsal.ok
    assert [check.ok for check in others] == [True] * 12


def test_targets_and_bars_of_another_day_are_none(office: Office) -> None:
    """Yesterday's targets are refused by evaluator: nobody would be alerted."""
    office.make_ready()
    office.store.keep_bars(
        "122630", [Bar(session_date=date(2025, 11, 26), open=1.0, high=1.0, low=1.0, close=1.0, volume=1)], "test"
    )
    office.store.keep_targets(targets(session_date=date(2025, 12, 1)))

    assert [check.name for check in office.tested() if not check.ok] == ["bars", "targets"]


def test_a_market_that_nobody_watches_is_not_tested(office: Office) -> None:
    """Who has no US stocks must not be told at night that all is well."""
    assert office.tested(Market.US) == []
