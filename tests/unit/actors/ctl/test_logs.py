"""`sigmactl logs`: what an operator reads, over rotations and half lines."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from actors.ctl.__main__ import main
from actors.ctl.logs import LogFile, render_line
from tests.support.actor import make_settings

LINE = (
    b'{"at":"2025-11-28T00:00:03.120Z","actor":"feed-1","run":"8f3a","event":"feed_lost","level":"warning",'
    b'"reason":"closed by peer","attempt":2}\n'
)


def test_a_line_is_read_as_time_actor_level_event_and_the_rest() -> None:
    """JSON is for programs."""
    assert render_line(LINE) == '11-28 09:00:03.120 feed-1       warning feed_lost reason="closed by peer" attempt=2\n'


def test_a_traceback_stands_below_its_line() -> None:
    """On one line with escaped breaks nobody can read it."""
    line = json.dumps({"event": "actor_crashed", "exception": "Traceback\n  File"}).encode()

    assert render_line(line).endswith("actor_crashed\nTraceback\n  File\n")


def test_what_is_no_json_is_shown_as_it_is() -> None:
    """The riddle may be in just that line."""
    assert render_line(b"half a li\xff\n") == "half a li\ufffd\n"


def test_a_line_is_shown_once_it_is_complete(tmp_path: Path) -> None:
    """We look while the actor is writing."""
    path = tmp_path / "feed-1.log"
    path.write_bytes(b"one\ntw")
    with closing(LogFile(path)) as file:
        assert list(file.new()) == [b"one\n"]

        with path.open("ab") as log:
            log.write(b"o\n")
        assert list(file.new()) == [b"two\n"]


def test_a_rotation_loses_no_line(tmp_path: Path) -> None:
    """The old file's last lines were written after we last looked."""
    path = tmp_path / "feed-1.log"
    path.write_bytes(b"one\n")
    with closing(LogFile(path)) as file:
        assert list(file.new()) == [b"one\n"]

        with path.open("ab") as log:
            log.write(b"two\n")
        path.rename(tmp_path / "feed-1.log.1")
        path.write_bytes(b"three\n")
        assert list(file.new()) == [b"two\n", b"three\n"]


def test_a_log_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    """An actor that never ran has nothing to say."""
    assert list(LogFile(tmp_path / "feed-1.log").new()) == []


def test_what_was_written_past_the_log_and_after_it_stands_at_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An actor that refuses its configuration has no log yet, or an old one; its only words are on stderr."""
    settings = make_settings(tmp_path)
    words = ["--conf", str(settings.path), "logs", "feed"]
    log, output = settings.logs_dir / "feed-1.log", settings.logs_dir / "feed.out"
    log.write_bytes(LINE)
    output.write_text("feed-1: configuration error: nonsense\n", encoding="utf-8")
    os.utime(log, ns=(1, 1))
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["feed.out: feed-1: configuration error: nonsense"]
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[1])["output"] == "feed-1: configuration error: nonsense"

    os.utime(output, ns=(0, 0))

    assert main(words) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_the_last_lines_of_all_actors_are_merged_by_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What one actor did is explained by what another did just before."""
    settings = make_settings(tmp_path)
    for second, actor in enumerate(["feed", "chart", "feed", "telegram"]):
        with (settings.logs_dir / f"{actor}-1.log").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"at": f"2025-11-28T00:00:0{second}.000Z", "event": f"event_{second}"}) + "\n")

    assert main(["--conf", str(settings.path), "logs", "-n", "3"]) == 0
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["event_1", "event_2", "event_3"]
