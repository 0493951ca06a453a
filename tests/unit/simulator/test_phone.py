"""What the simulated phone shows."""

from pathlib import Path

from simulator.ntfy.log import NtfyLine, NtfyLog
from simulator.phone import read_phone, render_phone
from simulator.telegram.log import LogLine, TelegramLog
from simulator.telegram.types import Button, Keyboard

NINE_NS = 1_764_288_000_000_000_000
KEYS = Keyboard(inline_keyboard=[[Button(text="끄기", callback_data="off")]])


def phone_after(directory: Path, *lines: LogLine) -> str:
    """Return what stands on the phone after these lines."""
    log = TelegramLog(directory)
    for line in lines:
        log.write(line)
    log.close()
    return render_phone(read_phone(directory))


def test_a_phone_shows_texts_pictures_and_answers_in_order(tmp_path: Path) -> None:
    """The demo's first sight: the alert, and below it where its chart lies."""
    shown = phone_after(
        tmp_path,
        LogLine(method="chat", accepted=True, chat_id=1001, name="데모", data="active"),
        LogLine(method="sendMessage", accepted=True, chat_id=1001, message_id=1, at_ns=NINE_NS, text="🚨 매수 알림!"),
        LogLine(
            method="sendPhoto",
            accepted=True,
            chat_id=1001,
            message_id=2,
            at_ns=NINE_NS,
            photo="phone/2.png",
            reply_to=1,
            silent=True,
        ),
        LogLine(method="say", accepted=True, chat_id=1001, message_id=3, at_ns=NINE_NS, text="/list", name="데모"),
    )

    assert "#1 2025-11-28 09:00:00 · 데모 (1001) · 시그마벨\n" in shown
    assert f"#2 2025-11-28 09:00:00 · 데모 (1001) · 시그마벨 ↩ #1 🔕\n{'─' * 48}\n🖼  {tmp_path}/phone/2.png\n" in shown
    assert shown.index("🚨 매수 알림!") < shown.index("phone/2.png") < shown.index("/list")


def test_a_phone_shows_the_last_edit_and_no_refused_message(tmp_path: Path) -> None:
    """What was never delivered is on no phone; what was corrected is there once."""
    shown = phone_after(
        tmp_path,
        LogLine(
            method="sendMessage", accepted=True, chat_id=1, message_id=1, at_ns=NINE_NS, text="처음", keyboard=KEYS
        ),
        LogLine(method="sendMessage", accepted=False, chat_id=1, raw_text="거절", error="Bad Request: chat not found"),
        LogLine(method="editMessageText", accepted=True, chat_id=1, message_id=1, text="나중", keyboard=KEYS),
    )

    assert "(수정됨)" in shown
    assert "나중\n[ 끄기 ]" in shown
    assert "처음" not in shown
    assert "거절" not in shown


def test_one_chat_can_be_looked_at_alone(tmp_path: Path) -> None:
    """Everybody has a phone of their own."""
    phone_after(
        tmp_path,
        LogLine(method="sendMessage", accepted=True, chat_id=1, message_id=1, text="하나"),
        LogLine(method="sendMessage", accepted=True, chat_id=2, message_id=2, text="둘"),
    )

    assert [message.text for message in read_phone(tmp_path, chat_id=2)] == ["둘"]


def test_an_empty_phone_is_empty(tmp_path: Path) -> None:
    """Before the first message there is no log, which is no error."""
    assert render_phone(read_phone(tmp_path)) == ""


def test_a_torn_line_is_stepped_over_and_does_not_spoil_the_next(tmp_path: Path) -> None:
    """A killed simulator may leave half a line behind."""
    (tmp_path / "telegram.jsonl").write_bytes(b'{"method":"sendMess')

    assert "둘" in phone_after(
        tmp_path, LogLine(method="sendMessage", accepted=True, chat_id=2, message_id=2, text="둘")
    )


def test_what_came_by_ntfy_stands_between_the_others_in_time(tmp_path: Path) -> None:
    """One look shows everything that anybody got; one chat's is that chat's alone."""
    log = NtfyLog(tmp_path)
    log.write(NtfyLine(accepted=True, at_ns=NINE_NS, number=1, topic="anna", text="🚨 first", priority=4))
    log.write(NtfyLine(accepted=False, at_ns=NINE_NS, error="unauthorized"))
    log.close()
    later = NINE_NS + 2_000_000_000
    shown = phone_after(
        tmp_path, LogLine(method="sendMessage", accepted=True, chat_id=7, message_id=1, at_ns=later, text="second")
    )

    assert shown.index("· ntfy anna · 시그마벨\n") < shown.index("first") < shown.index("second")
    assert "unauthorized" not in shown
    assert [message.text for message in read_phone(tmp_path, 7)] == ["second"]
