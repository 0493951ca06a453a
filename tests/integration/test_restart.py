"""`sigmactl restart`, `reload` and `status` on a real supervisord, with evaluator as the actor that is really there."""

from collections.abc import Iterator

import pytest

from actors.runtime.config import Settings
from tests.support.command_line import sigmactl
from tests.support.supervised import process_of, supervised

REFUSES = 'import sys; sys.exit("chart-1: configuration error: conf: found nonsense")'
CRASHES = 'import sys; sys.exit("found a bug")'
PROGRAMS = {"evaluator": "actors.evaluator", "chart": REFUSES, "analyst": CRASHES}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Give one supervisord to all tests of this module."""
    with supervised(tmp_path_factory.mktemp("house"), "", PROGRAMS) as settings:
        # Waits for evaluator's first answer, whatever supervisord has done until now.
        while sigmactl(settings, "ping", "evaluator").code:
            pass
        yield settings


def test_a_restarted_actor_has_another_pid_and_answers(settings: Settings) -> None:
    """Done means done: the next command may rely on it."""
    before = process_of(settings, "evaluator")
    printed = sigmactl(settings, "restart", "evaluator", "--json")
    after = process_of(settings, "evaluator")

    assert printed.code == 0
    assert before
    assert after
    assert before.pid != printed.json["pid"] == after.pid


def test_an_actor_that_refuses_its_configuration_ends_the_command_with_78_and_its_words(settings: Settings) -> None:
    """After a change of conf/ this is the line that the operator needs."""
    printed = sigmactl(settings, "restart", "chart")

    assert printed.code == 78
    assert "conf: found nonsense" in printed.err


def test_an_actor_that_crashes_at_its_start_ends_the_command_with_its_last_words(settings: Settings) -> None:
    """Waiting for twenty seconds would tell less."""
    printed = sigmactl(settings, "restart", "analyst")

    assert printed.code == 1
    assert "found a bug" in printed.err


def test_status_tells_what_supervisord_says_of_those_who_do_not_answer(settings: Settings) -> None:
    """`fatal` and `not there at all` need different remedies, and the last words say which."""
    # On a slow machine it may live for longer than a start takes: then supervisord begins it anew.
    while (analyst := process_of(settings, "analyst")) is None or analyst.state != "FATAL":
        pass

    printed = sigmactl(settings, "status", "--json")
    states = {row["actor"]: row["state"] for row in printed.json}
    reasons = {row["actor"]: row["reason"] for row in printed.json}

    assert printed.code == 1
    assert states["evaluator"] in {"starting", "running"}
    assert states["analyst"] == "fatal"
    assert reasons["analyst"] == "found a bug"
    assert reasons["chart"] == "configuration error: conf: found nonsense"
    assert states["feed"] == "unanswered"


def test_reload_refuses_a_file_that_is_not_toml_before_it_stops_anything(settings: Settings) -> None:
    """A slip of the editor must not take the whole system down."""
    before = process_of(settings, "evaluator")
    good = settings.path.read_text(encoding="utf-8")
    settings.path.write_text("[evaluator\n", encoding="utf-8")

    printed = sigmactl(settings, "reload")
    settings.path.write_text(good, encoding="utf-8")

    assert printed.code == 78
    after = process_of(settings, "evaluator")
    assert before
    assert after
    assert after.pid == before.pid


def test_without_supervisord_a_restart_says_so(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> None:
    """The actors may have been started by hand."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "conf").mkdir()
    (folder / "conf" / "sigmabell.toml").write_text("", encoding="utf-8")
    elsewhere = type(settings)(folder / "conf" / "sigmabell.toml", {})

    printed = sigmactl(elsewhere, "restart", "evaluator")

    assert printed.code == 1
    assert "nothing runs here: start the demo with `make run`" in printed.err
