"""Every question that an actor answers stands in `docs/control.md`, and no other."""

import ast
import re
from collections.abc import Iterator

from tests.support.house import ROOT, Module, our_modules
from tests.support.house_rules import part_of

PAGE = ROOT / "docs" / "control.md"


def offered(module: Module) -> Iterator[tuple[str, str]]:
    """Yield the actor and the name of each command that *module* offers; what the runtime offers, all actors do."""
    part = part_of(module.name).removeprefix("actors.")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "on_command":
            yield "all" if part == "runtime" else part, ast.literal_eval(node.args[0])


def explained(page: str) -> Iterator[tuple[str, str]]:
    """Yield the actor and the name of each command in the table of *page*."""
    table = page.split("\n## Commands\n")[1].split("\n## ", maxsplit=1)[0]
    for actor, names in re.findall(r"^\| (\w+) \| ([^|]+) \|", table, re.MULTILINE):
        yield from ((actor, name) for name in re.findall(r"`(\w+)`", names))


def test_every_command_stands_in_the_table_and_none_that_there_is_not() -> None:
    """Who writes a program of his own for the sockets reads only this page."""
    commands = {command for module in our_modules("actors") for command in offered(module)}

    assert {("all", "ping"), ("telegram", "reach")} <= commands
    assert set(explained(PAGE.read_text(encoding="utf-8"))) == commands
