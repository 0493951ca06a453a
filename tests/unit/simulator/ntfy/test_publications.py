"""What the simulated ntfy takes."""

import json

import pytest

from simulator.ntfy.publications import NtfyRefusal, parse_json, parse_upload

PNG = b"\x89PNG\r\n\x1a\n..."


def body(**changes: object) -> bytes:
    """Return the body of a good publication, with changes."""
    return json.dumps({"topic": "anna", "message": "text", "title": "Sigmabell", "priority": 4, **changes}).encode()


def test_a_good_publication_is_taken() -> None:
    """As it is documented; 4,096 bytes are not too many."""
    published = parse_json(body(message="가" * 1365))

    assert (published.topic, published.priority, len(published.message)) == ("anna", 4, 1365)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (b"{", 40017),
        (b"\xff", 40017),
        (body(priority=6), 40017),
        (body(sound="loud"), 40017),
        (body(topic="no topic"), 40009),
        (body(topic="a" * 65), 40009),
        (body(topic="docs"), 40010),
        (body(message=" \n"), 40000),
        (body(message="가" * 1366), 40014),
    ],
)
def test_what_a_real_server_refuses_or_a_reader_would_wonder_at_is_refused(wrong: bytes, code: int) -> None:
    """A simulator that takes everything holds nobody to anything."""
    with pytest.raises(NtfyRefusal) as caught:
        parse_json(wrong)

    assert (caught.value.code, caught.value.status) == (code, 400)


def test_a_picture_is_a_png_with_a_name_and_words() -> None:
    """Where the server takes attachments."""
    query = {"message": "차트", "filename": "chart.png", "priority": "2"}
    assert parse_upload("anna", query, PNG, takes_attachments=True).priority == 2

    for wrong, content, takes in (
        (query, PNG, False),
        ({"message": "차트"}, PNG, True),
        (query, b"GIF89a", True),
        ({**query, "priority": "loud"}, PNG, True),
        ({**query, "priority": "9"}, PNG, True),
    ):
        with pytest.raises(NtfyRefusal):
            parse_upload("anna", wrong, content, takes_attachments=takes)
