"""python-kis subscribes and prints the trades that it has understood: one JSON object a line.

    python with_python_kis.py REST_URL WS_URL APP_KEY APP_SECRET TR_ID=TR_KEY …

It knows 46 fields, opens its socket at /tryitout and checks the lengths of keys. Its hosts are constants of two of its
modules. This program runs in .venv-conformance, where none of ours is.
"""

import json
import sys
import threading

import pykis.client.websocket
import pykis.kis
from pykis import PyKis
from pykis.client.websocket import KisWebsocketClient
from pykis.event.subscription import KisSubscriptionEventArgs
from pykis.responses.websocket import KisWebsocketResponse


def main() -> None:
    """Print trades until this process is ended."""
    rest_url, ws_url, app_key, app_secret, *registrations = sys.argv[1:]
    pykis.kis.REAL_DOMAIN = rest_url
    pykis.client.websocket.WEBSOCKET_REAL_DOMAIN = ws_url
    client = PyKis(id="simulated", account="00000000-01", appkey=app_key, secretkey=app_secret)
    # A ticket that nobody keeps is given back, and its subscription with it.
    tickets = [
        client.websocket.on(id=tr_id, key=tr_key, callback=show)
        for tr_id, _, tr_key in (registration.partition("=") for registration in registrations)
    ]
    threading.Event().wait()
    del tickets


def show(_client: KisWebsocketClient, event: KisSubscriptionEventArgs[KisWebsocketResponse]) -> None:
    """Print one trade."""
    trade = event.response
    record = {
        "tr_id": event.tr.id,
        "symbol": trade.symbol,
        "price": float(trade.price),
        "base_price": float(trade.price - trade.change),
        "cumulative_volume": trade.volume,
    }
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
