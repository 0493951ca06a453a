"""Take the alert that README.md shows from the simulated phone, just as the product sent it.

    make run                                     in one terminal
    .venv/bin/python docs/pictures/take.py       in another: writes alert.png and alert.txt beside itself

Waits up to three minutes for the first 2σ alert of KODEX 레버리지, which comes about a minute after the market opens.
"""

# ruff: noqa: INP001 - a script on its own, no package
import sys
import time
from pathlib import Path

from actors.runtime.config import load_settings
from simulator.phone import PhoneMessage, read_phone

HERE = Path(__file__).resolve().parent
PHONE = load_settings(HERE.parents[1] / "conf" / "sigmabell.toml").data_dir / "simulator"
WANTED = ("2차 매수 시점 도달", "(122630)")
PATIENCE_S = 180.0
PAUSE_S = 1.0


def find_alert(messages: list[PhoneMessage]) -> tuple[str, Path] | None:
    """Return the text and the picture's file of the first wanted alert whose picture has arrived."""
    pictures = {message.reply_to: Path(message.picture) for message in messages if message.picture}
    for message in messages:
        if all(part in message.text for part in WANTED) and message.message_id in pictures:
            return message.text, pictures[message.message_id]
    return None


def main() -> int:
    """Wait for the alert and keep it; 1 if it does not come."""
    until = time.monotonic() + PATIENCE_S
    while (found := find_alert(read_phone(PHONE))) is None:
        if time.monotonic() > until:
            sys.stderr.write(f"expected a 2σ alert with its picture in {PHONE}, found none: is the demo running?\n")
            return 1
        time.sleep(PAUSE_S)
    text, picture = found
    (HERE / "alert.txt").write_text(f"{text}\n", encoding="utf-8")
    (HERE / "alert.png").write_bytes(picture.read_bytes())
    sys.stdout.write(f"{text}\n\n{HERE / 'alert.png'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
