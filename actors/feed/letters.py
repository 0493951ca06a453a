"""What feed writes to people."""

from datetime import date

from actors.kis.credentials import fingerprint
from protocol.letters import THE_OPERATOR, AppKeyInUse, Letter

__all__ = ["app_key_in_use"]


def app_key_in_use(app_key: str, link: str, on: date) -> Letter:
    """Return what the operator is told when another program uses our app key: once a day, however often it happens.

    Args:
        app_key: the key; only its fingerprint is kept.
        link: what the operator calls it, empty where there is only one.
        on: the date in Seoul.
    """
    letter_id = f"feed:app_key_in_use:{fingerprint(app_key)[:12]}:{on}"
    return Letter(id=letter_id, person_id=THE_OPERATOR, matter=AppKeyInUse(link=link))
