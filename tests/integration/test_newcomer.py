"""Somebody new comes in."""

from pathlib import Path

from tests.support.house import ROOT
from tests.support.newcomer import NAME, come_in, outline_of, page_of

MOST_MESSAGES = 3


def test_from_the_invitation_to_the_first_alert_it_takes_two_messages_and_the_page_shows_them(tmp_path: Path) -> None:
    """Whoever has to ask how it goes on does not come in; and what the page shows must be what happens."""
    page = page_of(come_in(tmp_path))
    outline = outline_of(page)

    assert [line for line in outline if line.startswith(NAME)] == [f"{NAME}: /start CODE", f"{NAME}: /add 삼성전자"]
    assert len([line for line in outline if line.startswith(NAME)]) <= MOST_MESSAGES
    assert outline[-1] == "시그마벨: 🚨 매수 알림! 1차 매수 시점 도달"
    assert outline == outline_of((ROOT / "docs" / "first-alert.md").read_text(encoding="utf-8"))
