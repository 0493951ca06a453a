"""The rules of the house, held against every module there is.

Each rule is also shown a planted breach: a walker that sees nothing would be content with everything.
"""

import graphlib
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.support.house import ROOT, Module, blanket_handlers, imports, is_within, our_modules, parse
from tests.support.house_rules import (
    DOORS,
    OURS,
    breaches,
    clock_reads,
    deciding_modules,
    entrance_furniture,
    foreign_stores,
    imports_for_types_only,
    patterns_for_lines,
    side_effects,
    words_in_code,
    wrong_way,
    zmq_or_signals,
)

MODULES = our_modules("actors", "protocol", "simulator")

CHANNELS = "actors.telegram.channels"
SPEAK_TELEGRAM = (
    "actors.telegram.chat",
    "actors.telegram.shell",
    # Edits, which no other channel has.
    "actors.telegram.outbox.courier",
    "actors.telegram.outbox.editor",
    # An invitation is a link to the bot.
    "actors.telegram.people.membership",
)

HOT = ("feed", "evaluator", "telegram")
HEAVY = {"FinanceDataReader", "holidays", "matplotlib", "numpy", "pandas"}


def modules_with(*names: str) -> set[str]:
    """Return what a process has loaded that has imported the modules *names*."""
    loaded = f"import sys, {', '.join(names)}; sys.stdout.write(' '.join(sys.modules))"
    finished = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(finished.stdout.split())


def test_imports_point_one_way() -> None:
    """No actor knows another, so each can be replaced, restarted and understood alone."""
    assert breaches(wrong_way, MODULES) == []


def test_what_decides_touches_nothing() -> None:
    """A core with a clock or a file in it cannot be replayed, and its tests need patching."""
    assert breaches(side_effects, deciding_modules(MODULES)) == []


def test_every_exception_from_purity_is_still_needed() -> None:
    """An exception that outlived its reason lets the next impurity in unseen."""
    assert [module.name for module in MODULES if module.name in DOORS and side_effects(module)] == list(DOORS)


def test_only_the_runtime_knows_zeromq_and_signals() -> None:
    """Water marks, linger and shutdown are decided once, in the topology and the runtime."""
    assert breaches(zmq_or_signals, MODULES) == []


def test_clocks_are_read_in_one_room() -> None:
    """One stray clock and the demo, the replay and the tests live in two times at once."""
    assert breaches(clock_reads, MODULES) == []


def test_no_import_is_for_types_only() -> None:
    """Such an import passes mypy and fails on the first message."""
    assert breaches(imports_for_types_only, our_modules(*OURS)) == []


def test_what_people_read_stands_in_the_catalogues() -> None:
    """A word in code is a word in one language."""
    assert breaches(words_in_code, our_modules("actors")) == []


def test_no_pattern_lets_a_line_end_pass() -> None:
    """A name that was pasted with one would be taken, and be another than the one that is asked for."""
    assert breaches(patterns_for_lines, MODULES) == []


def test_bugs_end_in_one_place() -> None:
    """A broad handler anywhere else hides a broken invariant and leaves a process that is alive but wrong.

    Two hide none: what a thread or a turn of the work loop raised is raised again by whoever waits for it.
    """
    assert [module.name for module in MODULES for _ in blanket_handlers(module)] == [
        "actors.runtime.crew",
        "actors.runtime.ports",
        "actors.runtime.process",
    ]


def test_an_entrance_is_only_an_entrance() -> None:
    """What stands in `__main__` is beyond the reach of unit tests."""
    assert breaches(entrance_furniture, MODULES) == []


def test_no_import_goes_in_a_circle() -> None:
    """In a circle of modules, which one loads first decides whether the program starts."""
    names = {module.name for module in MODULES}
    graph = {}
    for module in MODULES:
        targets = {name if name in names else name.rpartition(".")[0] for name in imports(module)}
        graph[module.name] = (targets & names) - {module.name}

    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_a_channel_is_known_to_its_folder_and_to_the_list_of_channels_alone() -> None:
    """Adding one, or taking one out, must touch no other room. Telegram's is the way in, too: who answers knows it."""
    folders = [path.name for path in (ROOT / CHANNELS.replace(".", "/")).iterdir() if (path / "__init__.py").exists()]
    found = {
        (module.name, channel)
        for module in our_modules("actors", "protocol")
        for channel in folders
        if not is_within(module.name, [f"{CHANNELS}.{place}" for place in (channel, "registry", "config")])
        and any(is_within(imported, [f"{CHANNELS}.{channel}"]) for imported in imports(module))
    }
    speaking = {name for name, channel in found if channel == "telegram"}

    assert len(folders) >= 3
    assert [(name, channel) for name, channel in found if channel != "telegram"] == []
    assert [name for name in speaking if not is_within(name, SPEAK_TELEGRAM)] == []
    assert [room for room in SPEAK_TELEGRAM if not any(is_within(name, [room]) for name in speaking)] == []


def test_a_channel_knows_nothing_of_the_outbox() -> None:
    """The outbox works on all channels alike; two rooms that import each other are one."""
    channels = [module for module in MODULES if is_within(module.name, [CHANNELS])]

    assert [
        (module.name, name)
        for module in channels
        for name in imports(module)
        if is_within(name, ["actors.telegram.outbox"])
    ] == []


def test_each_actor_opens_only_its_own_store_for_writing() -> None:
    """Two writers of one SQLite file wait for each other's locks."""
    assert breaches(foreign_stores, MODULES) == []


@pytest.mark.parametrize("actor", [actor for actor in HOT if (ROOT / "actors" / actor / "shell.py").exists()])
def test_the_hot_path_carries_no_heavy_library(actor: str) -> None:
    """Each of these costs 10 to 70 MB a process, on a machine that has 2 GB for everything."""
    assert HEAVY & modules_with(f"actors.{actor}.shell") == set()


@pytest.mark.parametrize("actor", ["chart", "us_poller", "watchdog"])
def test_an_actor_without_a_database_carries_no_library_for_one(actor: str) -> None:
    """SQLAlchemy costs a process 11 MB; few rows of others can be had from their owner, or by SQLite's driver alone."""
    assert (HEAVY | {"sqlalchemy", "PIL"}) & modules_with(f"actors.{actor}.shell", "actors.runtime.process") == set()


@pytest.mark.parametrize("actor", ["analyst", "chart", "evaluator", "feed", "us_poller", "watchdog"])
def test_who_does_not_speak_to_telegram_carries_no_library_for_it(actor: str) -> None:
    """Requests costs a process 3 MB more than the library below it, which is enough for KIS."""
    assert "requests" not in modules_with(f"actors.{actor}.shell", "actors.runtime.process")


@pytest.mark.parametrize("worker", ["analyst", "chart", "fdr"])
def test_a_worker_carries_nothing_of_an_actors_life(worker: str) -> None:
    """It answers one request at a time: an event loop with TLS would cost it 7 MB, sockets and stores 20."""
    assert {"asyncio", "ssl", "zmq", "sqlalchemy", "structlog"} & modules_with(f"actors.{worker}.worker") == set()


PLANTED = [
    (wrong_way, "actors.feed.shell", "from actors.telegram.store import Outbox"),
    (wrong_way, "actors.feed.shell", "from simulator import clock"),
    (wrong_way, "actors.market.sigma", "import actors.runtime.config"),
    (wrong_way, "actors.kis.client", "import actors.feed"),
    (wrong_way, "actors.runtime.ports", "def late():\n    from actors.kis.config import KisConfig"),
    (wrong_way, "actors.feed.shell", "from ..telegram import store"),
    (wrong_way, "protocol.wire", "from actors.runtime.errors import ActorError"),
    (wrong_way, "simulator.judgement.oracle", "from actors.evaluator.core import Evaluator"),
    (wrong_way, "simulator.market.prices", "from actors.market import sigma"),
    (side_effects, "actors.feed.session.core", "import asyncio"),
    (side_effects, "actors.feed.session.core", "from os import environ"),
    (side_effects, "actors.feed.session.core", "import structlog"),
    (side_effects, "actors.feed.session.core", "from pathlib import Path"),
    (side_effects, "actors.feed.session.core", "import datetime as d\nnow = d.datetime.now"),
    (side_effects, "actors.feed.session.core", "from datetime import date\nday = date.today()"),
    (side_effects, "actors.feed.session.core", "import random\nx = random.random()"),
    (side_effects, "actors.feed.session.core", "from random import choice\nx = choice([1])"),
    (side_effects, "actors.feed.session.core", "text = open('x').read()"),
    (side_effects, "actors.feed.session.core", "from protocol.tables.feed import budgets"),
    (zmq_or_signals, "actors.feed.shell", "import zmq.asyncio"),
    (zmq_or_signals, "actors.watchdog.shell", "from signal import SIGKILL"),
    (zmq_or_signals, "simulator.world", "import zmq"),
    (clock_reads, "actors.feed.shell", "import time\ntime.sleep(1)"),
    (clock_reads, "actors.feed.shell", "from asyncio import sleep as rest\nasync def f():\n    await rest(1)"),
    (clock_reads, "actors.feed.shell", "import asyncio\nasync def f(s):\n    await asyncio.sleep(s)"),
    (clock_reads, "actors.runtime.ports", "from time import monotonic_ns\nx = monotonic_ns"),
    (clock_reads, "simulator.world", "from datetime import datetime, UTC\nx = datetime.now(UTC)"),
    (
        imports_for_types_only,
        "actors.feed.session.core",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import re",
    ),
    (imports_for_types_only, "actors.feed.session.core", "import typing as t\nif t.TYPE_CHECKING:\n    import re"),
    (foreign_stores, "actors.ctl.alerts", "open_store('telegram', settings)"),
    (foreign_stores, "actors.feed.store", "open_store(writer, settings)"),
    (entrance_furniture, "actors.feed.__main__", "import argparse"),
    (patterns_for_lines, "actors.feed.config", "x = Meta(pattern='^[a-z]+$')"),
    (patterns_for_lines, "simulator.judgement.edits", "import re\nx = re.compile(rf'{y}$')\nz = rf'{y}:$'"),
    (words_in_code, "actors.telegram.chat.answers", "text = '안녕하세요'"),
    (words_in_code, "actors.telegram.chat.answers", "def f(name):\n    return f'{name}님'"),
    (words_in_code, "actors.telegram.chat.answers", "def f():\n    '''Docstring.'''\n    return 'ㄱ'"),
]

INNOCENT = [
    (
        wrong_way,
        "actors.feed.shell",
        "from actors.feed.session.core import Feed\nfrom actors.kis.frames import parse_frame",
    ),
    (wrong_way, "actors.feedback.shell", "from actors.feedback import core"),
    (wrong_way, "protocol.wire", "from protocol.errors import DecodeError"),
    (side_effects, "actors.feed.session.core", "import random\ndef f(chance: random.Random): return chance.random()"),
    (side_effects, "actors.feed.session.core", "from datetime import time, datetime\nx = datetime.fromisoformat"),
    (side_effects, "actors.feed.session.core", "import msgspec\nfrom protocol.messages import Trade\nstore.open()"),
    (side_effects, "actors.market.backtest", "class Bar:\n    open: float\nbar.open"),
    (clock_reads, "actors.feed.shell", "async def f(clock):\n    await clock.sleep(1)\n    return clock.now()"),
    (clock_reads, "actors.feed.shell", "import asyncio\nasync def f():\n    await asyncio.sleep(0)"),
    (clock_reads, "simulator.world", "import asyncio\nasync def f():\n    await asyncio.sleep(1)"),
    (foreign_stores, "actors.feed.store", "open_store('feed', settings)\nopen_reader('telegram', settings)"),
    (entrance_furniture, "actors.ctl.__main__", "import argparse"),
    (words_in_code, "actors.telegram.chat.answers", "'''예: /add 삼성전자'''\nx = 1\n'''1차'''\n# 원\ntext = 'σ'"),
    (patterns_for_lines, "actors.feed.config", r"x = [r'^[a-z]+\Z', '$', r'[0-9]+\$']"),
    (words_in_code, "actors.telegram.chat.own_commands", "Command(name='help', korean=('도움말',))"),
]


@pytest.mark.parametrize(("rule", "name", "source"), PLANTED)
def test_a_planted_breach_is_found(rule: Callable[[Module], list[str]], name: str, source: str) -> None:
    """A rule that cannot fail holds nothing."""
    assert rule(parse(name, source)) != []


@pytest.mark.parametrize(("rule", "name", "source"), INNOCENT)
def test_what_is_allowed_is_let_pass(rule: Callable[[Module], list[str]], name: str, source: str) -> None:
    """A rule that cries over honest code is soon switched off."""
    assert rule(parse(name, source)) == []


@pytest.mark.parametrize(
    "handler",
    [
        "try:\n    x()\nexcept:\n    pass",
        "try:\n    x()\nexcept Exception as error:\n    pass",
        "try:\n    x()\nexcept (OSError, BaseException):\n    pass",
        "with contextlib.suppress(Exception):\n    x()",
    ],
)
def test_a_planted_blanket_handler_is_found(handler: str) -> None:
    """There are four ways to catch everything, and three of them do not look like `except Exception`."""
    assert len(blanket_handlers(parse("actors.feed.shell", handler))) == 1


def test_what_a_core_leans_on_is_held_to_its_rule() -> None:
    """Otherwise a core would stay pure by keeping its clock in the room next door."""
    planted = [
        parse(
            "actors.feed.session.core",
            "'''It decides. Pure.'''\nfrom actors.feed.session.subscriptions import Subscriptions",
        ),
        parse("actors.feed.session.subscriptions", "import actors.runtime.clock"),
        parse("actors.runtime.clock", "import time"),
        parse("actors.feed.session.client", "import requests"),
    ]

    assert breaches(side_effects, deciding_modules(planted)) == ["actors.runtime.clock decides, and uses time"]


@pytest.mark.parametrize("name", ["evaluator.waiting", "market.looks", "telegram.chat.rule_words", "kis.frames"])
def test_what_says_that_it_is_pure_is_held_to_it(name: str) -> None:
    """A list by hand is forgotten, and the word in the docstring then promises what nobody looks at."""
    assert f"actors.{name}" in {module.name for module in deciding_modules(MODULES)}
