"""What is installed is what was locked, and the lock holds all that the code needs."""

import configparser
import importlib.metadata
import re
import sys
import tomllib

import pytest

from tests.support.house import ROOT, imports, our_modules

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def requirement_names(text: str) -> set[str]:
    """Return the names of the distributions in *text*, one requirement a line, spelt as in the lock."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in lines}


@pytest.fixture(name="declared", scope="module")
def read_setup_cfg() -> configparser.ConfigParser:
    """Return setup.cfg."""
    declared = configparser.ConfigParser()
    declared.read(ROOT / "setup.cfg", encoding="utf-8")
    return declared


def locked() -> dict[str, str]:
    """Return each locked requirement, with its marker, and its hashes."""
    entries = re.findall(r"^(\S.*?) \\\n((?:    --hash=.*\n)+)", LOCK, flags=re.MULTILINE)
    return dict(entries)


def test_every_line_of_the_lock_is_a_pinned_release_with_its_hashes() -> None:
    """A line without a hash would be taken from whoever answers first."""
    requirements = [line for line in LOCK.splitlines() if not line.startswith(("#", "    --hash=sha256:"))]

    assert [line.removesuffix(" \\") for line in requirements] == list(locked())
    assert all("==" in requirement.split(";")[0] for requirement in locked())


def test_the_lock_names_no_place() -> None:
    """An address or a path in it would bind every installation to one machine's view of the world."""
    assert re.findall(r"://|file:|/|--(?!hash)\w+", LOCK) == []


def test_all_that_is_declared_is_locked(declared: configparser.ConfigParser) -> None:
    """A requirement added without `make lock` installs on no fresh machine, because pip then wants hashes."""
    texts = [declared["options"]["install_requires"], *declared["options.extras_require"].values()]

    assert set().union(*map(requirement_names, texts)) - {name.split("==")[0] for name in locked()} == set()


def test_the_build_backend_is_locked_as_pyproject_asks_for_it(declared: configparser.ConfigParser) -> None:
    """It is named twice, for pip and for the lock; the two must not drift apart."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]

    assert declared["options.extras_require"]["build"].split("\n") == ["", *asked]


def test_every_library_we_import_is_declared(declared: configparser.ConfigParser) -> None:
    """A library that only another one brings along disappears with that one's next release."""
    names = requirement_names(declared["options"]["install_requires"])
    homes = importlib.metadata.packages_distributions()
    tops = {name.split(".")[0] for module in our_modules("actors", "protocol", "simulator") for name in imports(module)}
    foreign = tops - set(sys.stdlib_module_names) - {"actors", "protocol", "simulator"}

    assert {top for top in foreign if not {home.lower() for home in homes.get(top, [])} & names} == set()
