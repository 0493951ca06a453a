"""What supervisord.conf promises for months of running alone; the reasons stand in the file."""

import configparser
import shlex

import pytest

from actors.runtime.process import EXIT_CONFIG
from actors.runtime.supervisor import SOCKET_NAME
from protocol.topology import ACTORS
from tests.support.house import ROOT

PROGRAMS = ("simulator", *ACTORS)


@pytest.fixture(scope="module")
def conf() -> configparser.RawConfigParser:
    """Read the shipped file as supervisord would, `%(here)s` left as it is."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";",), strict=True)
    parser.read(ROOT / "supervisord.conf", encoding="utf-8")
    return parser


def test_every_actor_and_the_simulator_are_programs_and_nothing_else_is(conf: configparser.RawConfigParser) -> None:
    """An actor that nobody starts is missed only when its work is."""
    assert {name.removeprefix("program:") for name in conf.sections() if name.startswith("program:")} == set(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_runs_from_the_checkouts_own_environment_even_with_a_space_in_its_path(
    conf: configparser.RawConfigParser, name: str
) -> None:
    """Without an activated environment a bare `python` is the system's, which has none of our libraries."""
    program = conf[f"program:{name}"]
    module = name if name == "simulator" else f"actors.{name}"

    assert shlex.split(program["command"].replace("%(here)s", "/a path")) == ["/a path/.venv/bin/python", "-m", module]
    assert program["directory"] == "%(here)s"


def test_what_supervisord_starts_carries_no_docstrings(conf: configparser.RawConfigParser) -> None:
    """They are 24 MB of the whole; a variable reaches the actors' workers, which an option in `command` would not."""
    assert 'PYTHONOPTIMIZE="2"' in conf["supervisord"]["environment"].split(",")


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_program_writes_is_ours_alone_and_bounded(conf: configparser.RawConfigParser, name: str) -> None:
    """Default logs go to /tmp, for everybody to read; an unrotated one fills the disk by the spring."""
    program = conf[f"program:{name}"]

    assert program["umask"] == "077"
    assert program["stdout_logfile"] == f"%(here)s/logs/{name}.out"
    assert program.getboolean("redirect_stderr")
    assert (program["stdout_logfile_maxbytes"], program["stdout_logfile_backups"]) == ("1MB", "2")


@pytest.mark.parametrize("name", ACTORS)
def test_an_actor_is_restarted_after_any_end_but_a_configuration_error(
    conf: configparser.RawConfigParser, name: str
) -> None:
    """The defaults leave a clean exit dead, and give up after six seconds of a broken network."""
    program = conf[f"program:{name}"]

    assert (program["autorestart"], program["exitcodes"]) == ("unexpected", str(EXIT_CONFIG))
    assert int(program["startsecs"]) >= 3
    assert int(program["startretries"]) >= (10**6 if name == "watchdog" else 10)
    assert int(program["stopwaitsecs"]) >= 20
    assert program.getboolean("killasgroup")


def test_a_disabled_simulator_ends_at_once_and_is_left_alone(conf: configparser.RawConfigParser) -> None:
    """The same file runs live: there the simulator's program ends with 0 before any startsecs above 0 is over."""
    program = conf["program:simulator"]

    assert int(program["startsecs"]) == 0
    assert program["autorestart"] == "unexpected"
    assert program["exitcodes"].split(",") == ["0", str(EXIT_CONFIG)]


def test_supervisord_can_be_commanded_by_its_owner_only(conf: configparser.RawConfigParser) -> None:
    """Who reaches its socket starts programs in our name."""
    assert "inet_http_server" not in conf
    assert conf["unix_http_server"]["chmod"] == "0700"
    assert conf["unix_http_server"]["file"] == f"%(here)s/run/{SOCKET_NAME}"
    assert conf["supervisorctl"]["serverurl"] == f"unix://{conf['unix_http_server']['file']}"
