"""The rules of the house, each a function that returns the breaches of one module, in words."""

import ast
import re
import sys
from collections.abc import Callable, Iterable

from protocol.topology import ACTORS
from tests.support.house import Module, ends_of_lines, hangul, imports, is_within, store_openings, uses

__all__ = [
    "DOORS",
    "OURS",
    "breaches",
    "clock_reads",
    "deciding_modules",
    "entrance_furniture",
    "foreign_stores",
    "imports_for_types_only",
    "part_of",
    "patterns_for_lines",
    "side_effects",
    "words_in_code",
    "wrong_way",
    "zmq_or_signals",
]

OURS = ("actors", "protocol", "simulator", "benchmarks", "tests")

# What each part may import of ours beside itself; an actor is every other package below `actors`.
FURNITURE = {
    "actors": (),
    "actors.market": ("protocol",),
    "actors.runtime": ("protocol",),
    "actors.kis": ("protocol", "actors.market", "actors.runtime"),
    "actors.fdr": ("protocol", "actors.runtime"),
    "actors.ledger": ("protocol", "actors.runtime"),
    "actors.words": (),
    # A visitor, which also shows what lies on the phone of the demo, and has a recorded day decided again.
    "actors.ctl": (
        *("protocol", "actors.runtime", "actors.market", "actors.kis", "actors.ledger", "actors.words"),
        *("simulator.phone", "actors.evaluator.replay"),
    ),
    "protocol": (),
    # Its program reads the same configuration file and lives under the same supervisord; its world shares nothing.
    "simulator": ("protocol", "actors.runtime"),
}
FOR_ACTORS = (
    "protocol",
    "actors.runtime",
    "actors.market",
    "actors.kis",
    "actors.fdr",
    "actors.ledger",
    "actors.words",
)

# What decides, and does nothing else, says so in its docstring. What it imports of ours is held to the same.
PURE = re.compile(r"\bPure\b")
WITHOUT_SIDE_EFFECTS = {"msgspec", "Crypto"}
SIDE_EFFECTS = (
    *("asyncio", "concurrent", "ctypes", "fcntl", "http.client", "io", "logging", "multiprocessing", "os", "pathlib"),
    *(
        "secrets",
        "select",
        "selectors",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
    ),
    *("threading", "time", "urllib.request", "uuid"),
    "protocol.tables",
)
DOORS = {
    "actors.market.almanac": "the one file of what KIS says of the days; the calendar that follows it is pure",
    "actors.market.closed_days": "its one loader asks a library of 16 MB in a child process; the rest of it is pure",
    "actors.words.catalogue": "it reads the files of what people read, once; what it says depends on nothing else",
}

# Where Korean letters stand in code, and why.
LETTERS = {
    "actors.market.names": "keyboards and consonants, by which names are looked for",
    "actors.market.spellings": "how Latin letters are called in Korean, by which names are looked for",
    "actors.analyst.instruments.directory": "an example of what may be looked for, in an error for the operator",
    "actors.chart.fonts": "the syllable that a font must have",
    "actors.ctl": "the operator's examples of names, and the line of the customer's guide for a trade",
    "actors.telegram.chat.hush_orders": "what people type of quiet hours and mutes, whatever language they read",
    "actors.telegram.chat.rule_words": "what people type of their rules, whatever language they read",
    "actors.telegram.chat.rule_amounts": "what people type of their rules, whatever language they read",
    "actors.telegram.chat.rule_options": "what people type of their rules, whatever language they read",
    "actors.market.money": "the unit of won, which stands behind the figure in Korean alone",
}

CLOCKS = {
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.localtime",
    "time.gmtime",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
}
SLEEPS = {"asyncio.sleep", "time.sleep"}
CLOCK_ROOMS = {"actors.runtime.clock", "simulator.clock"}


def part_of(name: str) -> str:
    """Return the part of the house that module *name* belongs to: `actors.feed`, `protocol`."""
    top, *rest = name.split(".")
    return f"{top}.{rest[0]}" if top == "actors" and rest else top


def wrong_way(module: Module) -> list[str]:
    """Return imports against the direction: actor → runtime, market, kis → protocol → nothing of ours."""
    part = part_of(module.name)
    allowed = (part, *FURNITURE.get(part, FOR_ACTORS))
    # The folder `actors` itself holds only its map, so it allows none of what lies in it.
    mine = [name for name in imports(module) if is_within(name, OURS)]
    strange = [name for name in mine if not is_within(name, allowed)]
    relative = [name for name in imports(module) if name.startswith(".")]
    return [f"{module.name} imports {name}" for name in (*strange, *relative)]


def side_effects(module: Module) -> list[str]:
    """Return what a deciding module could touch the world with: a library, a clock, chance, a file."""
    found = [name for name in imports(module) if is_within(name, SIDE_EFFECTS)]
    found += [name for name in imports(module) if is_foreign(name) and not is_within(name, WITHOUT_SIDE_EFFECTS)]
    found += [name for name in uses(module) if name in CLOCKS | SLEEPS | {"open", "print"}]
    # `random.Random` may be named: it is the type of what was passed in.
    found += [name for name in uses(module) if name.startswith("random.") and name != "random.Random"]
    return [f"{module.name} decides, and uses {name}" for name in found]


def is_foreign(name: str) -> bool:
    """Tell whether *name* is neither ours nor Python's own."""
    return not is_within(name, OURS) and not is_within(name, sys.stdlib_module_names) and not name.startswith(".")


def zmq_or_signals(module: Module) -> list[str]:
    """Return knowledge of ZeroMQ outside the runtime, and of signals where only the runtime should have it."""
    if is_within(module.name, ["actors.runtime"]):
        return []
    # The simulator is a process of its own kind, so it handles its own SIGTERM.
    forbidden = ["zmq"] if is_within(module.name, ["simulator"]) else ["zmq", "signal"]
    return [f"{module.name} imports {name}" for name in imports(module) if is_within(name, forbidden)]


def clock_reads(module: Module) -> list[str]:
    """Return readings of a clock, and sleeps, outside the one room that each world has for them."""
    if module.name in CLOCK_ROOMS:
        return []
    forbidden = CLOCKS if is_within(module.name, ["simulator"]) else CLOCKS | SLEEPS
    return [f"{module.name} uses {name}" for name in uses(module) & forbidden]


def imports_for_types_only(module: Module) -> list[str]:
    """Return uses of TYPE_CHECKING: msgspec looks annotations up at run time and would not find them."""
    return [f"{module.name} uses {name}" for name in uses(module) if name.endswith("TYPE_CHECKING")]


def words_in_code(module: Module) -> list[str]:
    """Return Korean words in code: what people read stands in the catalogues."""
    return [] if is_within(module.name, LETTERS) else [f"{module.name} says {text!r}" for text in hangul(module)]


def patterns_for_lines(module: Module) -> list[str]:
    """Return patterns that end in `$`, which lets a line end pass behind what was checked."""
    return [f"{module.name} has the pattern {text}" for text in ends_of_lines(module)]


def foreign_stores(module: Module) -> list[str]:
    """Return databases that *module* opens for writing and that are not its own actor's."""
    part = part_of(module.name)
    if part == "actors.runtime":
        return []
    return [f"{module.name} opens {writer}'s" for writer in store_openings(module) if part != f"actors.{writer}"]


def entrance_furniture(module: Module) -> list[str]:
    """Return what an actor's `__main__` imports beside its shell, its configuration and the runtime."""
    package, _, last = module.name.rpartition(".")
    if last != "__main__" or package.removeprefix("actors.") not in ACTORS:
        return []
    allowed = ("actors.runtime", f"{package}.shell", f"{package}.config")
    return [f"{module.name} imports {name}" for name in imports(module) if not is_within(name, allowed)]


def says_pure(module: Module) -> bool:
    """Tell whether *module* says of itself that it decides, and touches nothing; a configuration is values alone."""
    is_config = module.name.endswith(".config") and part_of(module.name) != "actors.runtime"
    return is_config or PURE.search(ast.get_docstring(module.tree) or "") is not None


def deciding_modules(modules: Iterable[Module]) -> list[Module]:
    """Return the actors' modules that say so, all of the market's, and what of ours these lean on, protocol aside."""
    by_name = {module.name: module for module in modules if is_within(module.name, ["actors"])}
    waiting = [name for name in by_name if is_within(name, ["actors.market"]) or says_pure(by_name[name])]
    found: dict[str, Module] = {}
    while waiting:
        name = waiting.pop()
        # An imported name is a module, or a name in one.
        name = name if name in by_name else name.rpartition(".")[0]
        if name in by_name and name not in found and name not in DOORS:
            found[name] = by_name[name]
            waiting += imports(by_name[name])
    return list(found.values())


def breaches(rule: Callable[[Module], list[str]], modules: Iterable[Module]) -> list[str]:
    """Return every breach of *rule* in *modules*."""
    return sorted(breach for module in modules for breach in rule(module))
