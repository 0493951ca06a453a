"""What was alerted, as the databases tell it."""

from pathlib import Path

from actors.ledger.alerts import find_alert, read_alerts
from tests.support.actor import make_settings
from tests.support.alerts import alert, arrive, rehearsed
from tests.support.databases import lay_out


def test_rehearsals_are_no_alerts_of_anybodys(tmp_path: Path) -> None:
    """The list of alerts is what people were told; one that was made up is found only by its own name."""
    settings = make_settings(tmp_path)
    lay_out(settings, "evaluator", "telegram", "analyst")
    arrive(settings, rehearsed(), alert(), rehearsed(1))

    assert [row.id for row in read_alerts(settings)] == [alert().id]
    assert [row.id for row in read_alerts(settings, last=1)] == [alert().id]
    found = find_alert(settings, rehearsed().id)
    assert found is not None
    assert found.text is not None
    assert found.text.state == "sent"
