"""What is written line by line outlives whoever was writing."""

from pathlib import Path

import pytest
from msgspec import Struct

from simulator.json_lines import JsonLinesLog, read_json_lines
from simulator.ntfy.log import LOG_NAME, NtfyLine, NtfyLog, read_ntfy


class Line(Struct, frozen=True):
    """A line."""

    number: int


def test_a_torn_line_costs_that_line_alone(tmp_path: Path) -> None:
    """A killed writer leaves half a line; glued to it, the first line of the next life would be lost, too."""
    path = tmp_path / "new" / "lines.jsonl"
    first = JsonLinesLog(path)
    first.write(Line(1), Line(2))
    first.close()
    with path.open("ab") as torn:
        torn.write(b'{"numb')

    second = JsonLinesLog(path)
    second.write(Line(3))
    second.write_encoded([b'{"number":4}', b'{"number":5}'])
    second.close()

    assert [line.number for line in read_json_lines(path, Line)] == [1, 2, 3, 4, 5]


def test_the_simulated_ntfy_goes_on_behind_a_torn_line(tmp_path: Path) -> None:
    """It counts by its log, and the checker reads what it took."""
    (tmp_path / LOG_NAME).write_bytes(b'{"accepted":true,"number":1}\n{"accepted":tr')
    log = NtfyLog(tmp_path)
    log.write(NtfyLine(accepted=True, number=2))
    log.close()

    assert [line.number for line in read_ntfy(tmp_path)] == [1, 2]


def test_a_file_that_is_not_there_is_an_error_but_a_server_without_a_past_is_none(tmp_path: Path) -> None:
    """A checker that reads nothing would be content with everything."""
    with pytest.raises(FileNotFoundError):
        list(read_json_lines(tmp_path / "lines.jsonl", Line))
    assert list(read_ntfy(tmp_path)) == []
