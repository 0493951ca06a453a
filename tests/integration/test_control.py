"""Commands to running actors: by a plain REQ socket, by a visitor, and by `sigmactl`."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import zmq
from msgspec import Struct

from actors.runtime.actor import Actor
from actors.runtime.clock import SystemClock
from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused, Unanswered
from actors.runtime.visitor import Visitor
from protocol.messages import Event, State, Trades
from protocol.topology import ACTORS, Address
from tests.support.actor import make_settings
from tests.support.command_line import Printed, sigmactl
from tests.support.house import ROOT
from tests.support.market import NINE, trade
from tests.support.shells import at_work

PATIENCE_S = 20.0


TARGETS = {
    "symbol": "122630",
    "name": "KODEX 레버리지",
    "venue": "KRX",
    "session_date": "2025-11-28",
    "base_price": 72_665.0,
    "sigma": 0.01417,
    "target_1": 71_635.337,
    "fall_1": 0.01417,
    "target_2": 70_605.674,
    "fall_2": 0.02834,
    "order_1": 71_635.0,
    "order_2": 70_605.0,
    "out_of_reach": [],
    "kind": "etf",
    "notes": [],
    "returns": 242,
    "bars_until": "2025-11-27",
    "source": "kis",
    "computed_at": "2025-11-27T23:50:00+00:00",
}


STREAMS = [
    {
        "tr_id": "H0STCNT0",
        "of_trades": True,
        "symbol": "122630",
        "link": "main",
        "standing": "confirmed",
        "last_trade_age_s": 0.4,
    },
    {
        "tr_id": "H0STCNT0",
        "of_trades": True,
        "symbol": "005930",
        "link": "",
        "standing": "wanted",
        "polled": True,
        "reason": "no room",
    },
]


class NoConfig(Struct, frozen=True):
    """Nothing can be set."""


async def live(actor: Actor[NoConfig]) -> None:
    """Be an actor that is well and can be told `add`."""

    async def add(arguments: dict[str, object]) -> dict[str, object]:
        if arguments.get("symbol") != "005930":
            message = f"expected 005930, found {arguments}"
            raise CommandRefused(message)
        return {"symbol": "005930", "name": "삼성전자", "person": arguments["person"] or "데모"}

    async def targets(_arguments: dict[str, object]) -> dict[str, object]:
        return {"targets": [TARGETS], "reasons": {"035720": "too young"}}

    async def prices(_arguments: dict[str, object]) -> dict[str, object]:
        return {"122630": {"price": 70_600.0, "traded_at": NINE.isoformat()}}

    async def subscriptions(_arguments: dict[str, object]) -> dict[str, object]:
        return {"links": [{"link": "main", "phase": "waiting", "trouble": "cut"}], "rejected": {}, "streams": STREAMS}

    async def forget_key(arguments: dict[str, object]) -> dict[str, object]:
        if arguments.get("link", "main") != "main":
            message = f"expected a link of main, found {arguments}"
            raise CommandRefused(message)
        return {"links": [{"link": "main", "had_key": True}]}

    actor.on_command("subscriptions", subscriptions)
    actor.on_command("forget_key", forget_key)
    actor.on_command("add", add)
    actor.on_command("targets", targets)
    actor.on_command("prices", prices)
    if actor.state is State.STARTING:
        actor.running()
    await actor.ports.serve(lambda _: None)


@asynccontextmanager
async def actors_at_work(settings: Settings, *names: str) -> AsyncIterator[dict[str, Actor[NoConfig]]]:
    """Let these actors live as long as the block."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(at_work(name, live, NoConfig(), settings, SystemClock()))
            for name in names
        }


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give an installation of its own."""
    return make_settings(tmp_path)


def ask_plainly(settings: Settings, question: bytes) -> dict[str, object]:
    """Ask feed as any ZeroMQ tool would."""
    with zmq.Context() as context, context.socket(zmq.REQ) as socket:
        socket.set(zmq.RCVTIMEO, int(PATIENCE_S * 1_000))
        socket.set(zmq.LINGER, 0)
        socket.connect(f"ipc://{settings.run_dir}/feed-1.control")
        socket.send(question)
        answer: dict[str, object] = json.loads(socket.recv())
        return answer


async def asked(settings: Settings, question: bytes) -> dict[str, object]:
    """Return feed's answer to *question*."""
    async with actors_at_work(settings, "feed"):
        return await asyncio.to_thread(ask_plainly, settings, question)


async def typed(settings: Settings, *words: str) -> Printed:
    """Return what `sigmactl WORDS` comes to, while the loop goes on serving the actors."""
    return await asyncio.to_thread(sigmactl, settings, *words)


# -- plain REQ ------------------------------------------------------------------------------------------------------


def test_the_three_lines_of_the_documentation_command_an_actor(settings: Settings) -> None:
    """They are what somebody will copy first."""
    text = (ROOT / "docs" / "control.md").read_text(encoding="utf-8")
    [lines] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)

    async def run_them() -> "subprocess.CompletedProcess[str]":
        async with actors_at_work(settings, "feed"):
            words = [sys.executable, "-c", f"import zmq\n{lines}"]
            return await asyncio.to_thread(
                subprocess.run, words, cwd=settings.root, capture_output=True, text=True, timeout=PATIENCE_S, check=True
            )

    finished = asyncio.run(run_them())

    assert lines.count("\n") == 3
    assert "'actor': 'feed-1', 'status': 'ok'" in finished.stdout


def test_a_plain_req_socket_gets_its_own_id_back(settings: Settings) -> None:
    """Whoever asks twice must know which answer is whose."""
    answer = asyncio.run(asked(settings, b'{"id": "7", "command": "ping"}'))

    assert (answer["id"], answer["actor"], answer["status"]) == ("7", "feed-1", "ok")


@pytest.mark.parametrize(
    "question",
    [
        b"",
        b"hello",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"command": 1}',
        b'{"command": "dance"}',
        b"[" * 100_000,
        b"0" * 10_000,
    ],
)
def test_a_question_that_nobody_understands_is_answered_with_what_was_expected(
    settings: Settings, question: bytes
) -> None:
    """An actor that died of it, or kept silent, could be stopped by a typing mistake."""
    answer = asyncio.run(asked(settings, question))

    assert answer["status"] == "error"
    assert "expected" in str(answer["error"])


def test_a_visitor_tells_a_refusal_from_silence(settings: Settings) -> None:
    """One is to be read by who asked, the other means that nobody is there."""

    async def run() -> None:
        async with actors_at_work(settings, "feed"):
            with Visitor(settings) as visitor:
                with pytest.raises(CommandRefused, match="expected 005930"):
                    await asyncio.to_thread(visitor.ask, Address("feed"), "add", {"symbol": "X"})
                with pytest.raises(Unanswered, match="chart-1"):
                    await asyncio.to_thread(visitor.ask, Address("chart"), "ping", None, 0.1)

    asyncio.run(run())


# -- sigmactl -------------------------------------------------------------------------------------------------------


def printed_while(settings: Settings, names: tuple[str, ...], *words: str) -> Printed:
    """Return what `sigmactl WORDS` comes to while these actors live."""

    async def run() -> Printed:
        async with actors_at_work(settings, *names):
            return await typed(settings, *words)

    return asyncio.run(run())


def test_status_is_well_only_when_all_are_running(settings: Settings) -> None:
    """Monitoring scripts look at the exit code and nothing else."""
    well = printed_while(settings, ACTORS, "status", "--json")
    without_chart = printed_while(settings, tuple(set(ACTORS) - {"chart"}), "status", "--json")

    assert well.code == 0
    assert [row["actor"] for row in well.json] == list(ACTORS)
    assert {row["state"] for row in well.json} == {"running"}
    assert without_chart.code == 1
    assert {row["state"] for row in without_chart.json if row["actor"] == "chart"} == {"unanswered"}


def test_status_shows_why_an_actor_is_degraded(settings: Settings) -> None:
    """The reason is the first thing that is asked."""

    async def run() -> Printed:
        async with actors_at_work(settings, *ACTORS) as actors:
            actors["feed"].degraded("KIS refuses")
            return await typed(settings, "status")

    printed = asyncio.run(run())

    assert printed.code == 1
    assert re.search(r"^feed +degraded .* KIS refuses$", printed.out, re.MULTILINE)


def test_ping_names_who_did_not_answer(settings: Settings) -> None:
    """One dead actor among seven must be seen at a glance."""
    printed = printed_while(settings, ("feed",), "ping", "feed")
    nobody = printed_while(settings, (), "ping", "chart")

    assert (printed.code, printed.out[:10]) == (0, "feed: pid ")
    assert (nobody.code, "found none" in nobody.out) == (1, True)


def test_send_prints_the_answer_as_json(settings: Settings) -> None:
    """It is the way to every command that has no name of its own."""
    printed = printed_while(settings, ("feed",), "send", "feed", '{"command": "status"}')

    assert (printed.code, printed.json["state"]) == (0, "running")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("send", "feed", "ping"), 2),
        (("send", "feed", '{"command": "dance"}'), 1),
        (("send", "fed", '{"command": "ping"}'), 2),
        (("add", "000000"), 1),
        (("tail", "gossip"), 1),
        (("tail", "--seconds", "-1"), 2),
        (("dance",), 2),
        ((), 2),
        (("--help",), 0),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(settings: Settings, words: tuple[str, ...], code: int) -> None:
    """A script must tell its own mistake (2) from a refusal (1)."""
    printed = printed_while(settings, ("feed", "telegram"), *words)

    assert printed.code == code
    assert "Traceback" not in printed.err


def test_add_goes_to_telegram_with_the_person(settings: Settings) -> None:
    """Only telegram writes the watch list."""
    printed = printed_while(settings, ("telegram",), "add", "005930", "--person", "엄마")

    assert (printed.code, printed.out) == (0, "엄마 now watches 삼성전자 (005930)\n")


def test_find_shows_names_kinds_and_what_is_unusual_today(settings: Settings) -> None:
    """Before a family adds a stock, somebody wants to know whether it is the right one, and whether it trades."""
    listed = {"english_name": "", "kind": "share", "key": "005930", "base_price": 103_500.0, "marks": ["halted"]}
    rows = [
        {"symbol": "005930", "name": "삼성전자", "venue": "KRX", **listed},
        {"symbol": "005935", "name": "삼성전자우", "venue": "KRX"},
    ]
    answers: dict[object, dict[str, object]] = {
        "삼성 전자": {"candidates": rows, "certain": True},
        "xyzzy": {"candidates": [], "certain": False},
        "later": {"unreachable": "expected a master file"},
    }

    async def answer(arguments: dict[str, object]) -> dict[str, object]:
        return answers[arguments["words"]]

    async def analyst(actor: Actor[NoConfig]) -> None:
        actor.on_command("find", answer)
        await actor.ports.serve(lambda _: None)

    async def run() -> list[Printed]:
        async with at_work("analyst", analyst, NoConfig(), settings, SystemClock()):
            words = (("삼성", "전자"), ("삼성", "전자", "--json"), ("xyzzy",), ("later",))
            return [await typed(settings, "find", *each) for each in words]

    people, programs, nothing, later = asyncio.run(run())

    assert [" ".join(line.split()) for line in people.out.splitlines()] == [
        "code name english venue kind key base today",
        "005930 삼성전자 - KRX share 005930 103,500 halted",
        "005935 삼성전자우 - KRX - - - -",
    ]
    assert [row["symbol"] for row in programs.json["candidates"]] == ["005930", "005935"]
    assert (people.code, nothing.code, later.code) == (0, 1, 1)
    assert nothing.out == "nothing is found for xyzzy\n"
    assert "expected a master file" in later.err


def test_people_are_listed_and_their_sessions_chosen(settings: Settings) -> None:
    """The operator sees whom an evening wakes, and changes it without a word of JSON."""
    anna = {"id": 1, "name": "엄마", "role": "member", "reachable": True, "sessions": "krx-regular nxt"}
    anna |= {"channels": ["telegram", "ntfy"]}

    async def people(_arguments: dict[str, object]) -> dict[str, object]:
        return {"people": [anna | {"watches": ["005930", "TQQQ"], "language": "ko"}]}

    async def sessions(arguments: dict[str, object]) -> dict[str, object]:
        assert arguments == {"person": "엄마", "sessions": ["nxt", "krx-after"]}
        return {"person": "엄마", "sessions": "krx-after nxt"}

    async def telegram(actor: Actor[NoConfig]) -> None:
        actor.on_command("people", people)
        actor.on_command("sessions", sessions)
        await actor.ports.serve(lambda _: None)

    async def run() -> list[Printed]:
        async with at_work("telegram", telegram, NoConfig(), settings, SystemClock()):
            return [
                await typed(settings, "people", "list"),
                await typed(settings, "people", "sessions", "엄마", "nxt", "krx-after"),
            ]

    listed, chosen = asyncio.run(run())

    assert [" ".join(line.split()) for line in listed.out.splitlines()] == [
        "id name role reachable channels sessions watches",
        "1 엄마 member yes telegram ntfy krx-regular nxt 005930 TQQQ",
    ]
    assert chosen.out == "엄마 is alerted in: krx-after nxt\n"


def test_targets_show_the_example_and_the_price_now(settings: Settings) -> None:
    """Base 72,665 and σ 1.417 % are 71,635 (1.42 %) and 70,606 (2.83 %); a symbol without targets has its reason."""
    printed = printed_while(settings, ("analyst", "evaluator"), "targets")
    rows = printed_while(settings, ("analyst", "evaluator"), "targets", "--json").json

    assert printed.code == 1
    assert " ".join(printed.out.splitlines()[1].split()) == (
        "122630 KODEX 레버리지 72,665 1.417% 71,635 71,635 1.42% 70,606 70,605 2.83% 70,600 -1.47% 2025-11-28"
    )
    assert printed.out.splitlines()[2] == "035720: too young"
    assert (rows[0]["code"], rows[0]["price"], rows[1]["reason"]) == ("122630", 70_600.0, "too young")


def test_symbols_that_are_watched_and_have_no_targets_are_counted_with_their_reasons(settings: Settings) -> None:
    """Somebody has just added a stock; "nobody watches anything" would send him looking in the wrong place."""

    async def targets(_arguments: dict[str, object]) -> dict[str, object]:
        return {"targets": [], "reasons": {"005930": "KIS is down", "035720": "too young"}}

    async def analyst(actor: Actor[NoConfig]) -> None:
        actor.on_command("targets", targets)
        await actor.ports.serve(lambda _: None)

    async def run() -> Printed:
        async with at_work("analyst", analyst, NoConfig(), settings, SystemClock()):
            return await typed(settings, "targets")

    printed = asyncio.run(run())

    assert printed.code == 1
    assert printed.out == "watched: 2, with targets: none yet\n005930: KIS is down\n035720: too young\n"


def test_targets_are_shown_without_prices_while_evaluator_is_away(settings: Settings) -> None:
    """What one actor knows must not wait for another."""
    [row, _] = printed_while(settings, ("analyst",), "targets", "--json").json

    assert (row["target_1"], row["price"], row["distance"]) == (71_635.337, None, None)


def test_recompute_waits_for_the_end_and_says_what_has_no_targets(settings: Settings) -> None:
    """What takes minutes must end with a word, and not say that it is done before it is."""
    answers = iter([["122630", "005930"], ["005930"], []])

    async def recompute(arguments: dict[str, object]) -> dict[str, object]:
        return {"symbols": ["122630", "005930"] if not arguments else [arguments["symbol"]]}

    async def targets(_arguments: dict[str, object]) -> dict[str, object]:
        return {"targets": [TARGETS], "pending": next(answers, []), "reasons": {"005930": "KIS is down"}}

    async def analyst(actor: Actor[NoConfig]) -> None:
        actor.on_command("recompute", recompute)
        actor.on_command("targets", targets)
        await actor.ports.serve(lambda _: None)

    async def run() -> list[Printed]:
        async with at_work("analyst", analyst, NoConfig(), settings, SystemClock()):
            return [await typed(settings, "recompute"), await typed(settings, "recompute", "122630", "--json")]

    everything, one = asyncio.run(run())

    assert (everything.code, everything.out) == (1, "targets made anew: 1 of 2\n005930: KIS is down\n")
    assert (one.code, one.json) == (0, {"symbols": ["122630"], "reasons": {}})
    assert next(answers, None) is None


def printed_while_publishing(settings: Settings, publish: Callable[[Actor[NoConfig]], None], *words: str) -> Printed:
    """Return what `sigmactl WORDS` comes to while feed publishes again and again."""

    async def run() -> Printed:
        async with actors_at_work(settings, "feed") as actors:
            done = asyncio.create_task(typed(settings, *words))
            while not done.done():
                publish(actors["feed"])
                await asyncio.wait([done], timeout=0.02)
            return await done

    return asyncio.run(run())


def test_tail_shows_live_messages_to_people_and_to_programs(settings: Settings) -> None:
    """Looking at what the actors tell each other is how a riddle of the system is solved."""

    def publish(feed: Actor[NoConfig]) -> None:
        feed.ports.publish(Trades(trades=[trade(71_500.0)]))
        feed.ports.publish(Event(name="feed_lost", at=NINE, details={"reason": "closed"}))

    people = printed_while_publishing(settings, publish, "tail", "--seconds", "0.6")
    programs = printed_while_publishing(settings, publish, "tail", "events", "--seconds", "0.6", "--json")

    assert (people.code, programs.code) == (0, 0)
    assert "trades    09:00:00 122630 ₩71,500 (-28.50%) 1 KRX" in people.out
    assert "events    09:00:00 feed_lost reason=closed" in people.out
    assert {(line["type"], line["message"]["name"]) for line in programs.json_lines} == {("Event", "feed_lost")}


def test_kis_watch_shows_one_symbol_as_in_the_readme(settings: Settings) -> None:
    """Name, price, change with its sign, and the time at the exchange."""

    def publish(feed: Actor[NoConfig]) -> None:
        feed.ports.publish(Trades(trades=[trade(71_500.0), trade(1.0, symbol="000660")]))

    printed = printed_while_publishing(settings, publish, "kis", "watch", "122630", "--seconds", "1.5")

    assert printed.code == 0
    assert set(printed.out.splitlines()) == {
        "122630 (122630)  현재가: 71,500원  전일대비: -28,500원 (-28.50%)  체결시간: 09:00:00"
    }


def test_kis_watch_says_what_to_look_at_when_nothing_comes(settings: Settings) -> None:
    """Silence has four usual causes."""
    printed = printed_while(settings, ("analyst",), "kis", "watch", "122630", "--seconds", "0.2")

    assert printed.code == 1
    assert all(word in printed.err for word in ("market", "code", "watch", "feed"))


def test_kis_subscriptions_show_what_is_live_what_is_polled_and_why(settings: Settings) -> None:
    """A symbol that is polled looks live on the phone; only here does one see that no link carries it."""
    printed = printed_while(settings, ("feed", "analyst"), "kis", "subscriptions")
    rows = printed_while(settings, ("feed",), "kis", "subscriptions", "--json").json

    lines = [" ".join(line.split()) for line in printed.out.splitlines()]
    assert (printed.code, lines[0]) == (0, "feed-1, main: waiting cut")
    assert lines[2:] == [
        "122630 KODEX 레버리지 H0STCNT0 main confirmed 0 s ago -",
        "005930 - H0STCNT0 - polled - no room",
    ]
    assert [row["polled"] for row in rows["feed-1"]["streams"]] == [False, True]


def test_kis_forget_key_says_of_which_app_key_one_was_forgotten(settings: Settings) -> None:
    """An app key is named where there are several; a wrong name forgets nothing."""
    assert printed_while(settings, ("feed",), "kis", "forget-key").out == (
        "feed-1, main: forgotten; the next connection gets another\n"
    )
    refused = printed_while(settings, ("feed",), "kis", "forget-key", "second")
    assert (refused.code, refused.out) == (1, "")
    assert "expected a link of main" in refused.err
