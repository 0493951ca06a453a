"""Read our own source, so that a test can hold the house rules: who imports what, who reads a clock.

Nothing is imported to be looked at: a module is its syntax tree, and a rule that has never seen a breach can be shown
a made-up one (`parse`).
"""

import ast
import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = [
    "ROOT",
    "Module",
    "blanket_handlers",
    "ends_of_lines",
    "hangul",
    "imports",
    "is_within",
    "our_modules",
    "parse",
    "store_openings",
    "uses",
]

LINE_END = re.compile(r"[^\\]\$\Z")
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
ROOT = Path(__file__).resolve().parents[2]


class Module(NamedTuple):
    """One source file; `name` is dotted, a package's is its own without `__init__`."""

    name: str
    tree: ast.Module


def parse(name: str, source: str) -> Module:
    """Return *source* as the module *name*."""
    return Module(name, ast.parse(source))


@functools.cache
def our_modules(*folders: str) -> tuple[Module, ...]:
    """Return every module that lies below *folders* of the checkout."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(parse(_name_of(path), path.read_text(encoding="utf-8")) for path in paths)


def _name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def is_within(name: str, packages: Iterable[str]) -> bool:
    """Tell whether *name* is one of *packages* or lies inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def imports(module: Module) -> set[str]:
    """Return what *module* imports, wherever in the file.

    `from a import b` counts as `a.b`: from outside, a module b and a name b look alike. A relative import counts as
    its dots and name: no rule allows it.
    """
    return {dotted for node in ast.walk(module.tree) for dotted in _imported(node).values()}


def _imported(node: ast.AST) -> dict[str, str]:
    """Return the names that *node* binds if it is an import: local name → dotted origin."""
    match node:
        case ast.Import(names=names):
            return {alias.asname or alias.name: alias.name for alias in names}
        case ast.ImportFrom(module=package, names=names, level=level):
            origin = "." * level + (package or "")
            return {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in names}
        case _:
            return {}


def uses(module: Module) -> set[str]:
    """Return the dotted origin of every imported or built-in name that *module* mentions.

    What it gives a name of its own, as a field called `open`, is no mention.
    `from datetime import datetime as d` and then `d.now()` is `datetime.datetime.now`, however it was imported.
    `asyncio.sleep(0)` is left out: it lets others have their turn and waits for no clock.
    """
    origins: dict[str, str] = {}
    for node in ast.walk(module.tree):
        origins.update(_imported(node))
    return {dotted for node in _mentions(module.tree, origins) if (dotted := _dotted(node, origins))}


def _mentions(node: ast.AST, origins: dict[str, str]) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        is_own = isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)
        if not is_own and not _gives_way(child, origins):
            yield child
            yield from _mentions(child, origins)


def _gives_way(node: ast.AST, origins: dict[str, str]) -> bool:
    match node:
        case ast.Call(func=func, args=[ast.Constant(value=0)]):
            return _dotted(func, origins) == "asyncio.sleep"
        case _:
            return False


def _dotted(node: ast.AST, origins: dict[str, str]) -> str:
    """Return the origin of a name or of a chain of attributes; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return origins.get(name, name)
        case ast.Attribute(value=value, attr=attribute):
            owner = _dotted(value, origins)
            return owner and f"{owner}.{attribute}"
        case _:
            return ""


def blanket_handlers(module: Module) -> list[int]:
    """Return the lines on which *module* catches or suppresses whatever may come."""
    handlers = (node for node in ast.walk(module.tree) if isinstance(node, ast.ExceptHandler | ast.Call))
    return [node.lineno for node in handlers if _catches_all(node)]


def _catches_all(node: ast.ExceptHandler | ast.Call) -> bool:
    match node:
        case ast.ExceptHandler(type=None):
            return True
        case ast.ExceptHandler(type=ast.Tuple(elts=caught)):
            return any(_is_blanket(each) for each in caught)
        case ast.ExceptHandler(type=caught):
            return _is_blanket(caught)
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=caught):
            return any(_is_blanket(each) for each in caught)
        case _:
            return False


def _is_blanket(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Name) and node.id in {"Exception", "BaseException"}


def hangul(module: Module) -> list[str]:
    """Return the strings of *module* with Korean letters; docstrings and what people may type are left out."""
    unread = {id(part) for node in ast.walk(module.tree) for part in _unread(node)}
    strings = (node for node in ast.walk(module.tree) if isinstance(node, ast.Constant) and id(node) not in unread)
    return [node.value for node in strings if isinstance(node.value, str) and HANGUL.search(node.value)]


def ends_of_lines(module: Module) -> list[str]:
    """Return the strings of *module* that are patterns for the end of a line: what ends in a `$` that is no sign."""
    strings = (node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant))
    return [text for text in strings if isinstance(text, str) and LINE_END.search(text)]


def _unread(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant() as docstring):
            yield docstring
        case ast.keyword(arg="korean", value=typed):
            yield from ast.walk(typed)


def store_openings(module: Module) -> list[str]:
    """Return whose database *module* opens for writing, one entry a call; `?` where the name is worked out."""
    calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return [_text_of(call.args) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "open_store"]


def _text_of(arguments: list[ast.expr]) -> str:
    match arguments:
        case [ast.Constant(value=str(text)), *_]:
            return text
        case _:
            return "?"
