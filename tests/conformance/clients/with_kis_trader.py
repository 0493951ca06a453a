"""kis-trader subscribes and prints what it has understood: one JSON object a line.

    python with_kis_trader.py REST_URL WS_URL APP_KEY APP_SECRET TR_ID=TR_KEY …

It knows 47 fields of Korean trades, 26 of American ones, market status and encrypted notices. Its hosts are a table of
one of its modules. This program runs in .venv-conformance, where none of ours is.
"""

import json
import sys
import threading

from kis_trader._internal import _endpoints
from kis_trader.realtime._approval import fetch_approval_key
from kis_trader.realtime._connection import RealtimeMessage
from kis_trader.realtime.client import RealtimeClient

FIELDS = {
    "symbol": "symbol",
    "current_price": "price",
    "accumulated_volume": "cumulative_volume",
    "filled_price": "price",
    "filled_quantity": "quantity",
    "vi_code": "vi",
}


def main() -> None:
    """Print messages until this process is ended."""
    rest_url, ws_url, app_key, app_secret, *registrations = sys.argv[1:]
    _endpoints._BASE_URL_BY_ENVIRONMENT["real"] = rest_url
    client = RealtimeClient(fetch_approval_key(app_key, app_secret, "real"), ws_url)
    for registration in registrations:
        tr_id, tr_key = registration.split("=")
        client.subscribe(tr_id=tr_id, tr_key=tr_key, on=show)
    client.start()
    threading.Event().wait()


def show(message: RealtimeMessage) -> None:
    """Print one message."""
    record: dict[str, object] = {"tr_id": message.tr_id}
    for name, ours in FIELDS.items():
        value = getattr(message.data, name, None)
        if value is not None:
            record[ours] = value if isinstance(value, str) else float(value)
    if hasattr(message.data, "current_price"):
        record["base_price"] = float(message.data.current_price - message.data.change)
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
