"""mojito subscribes and prints what it has understood: one JSON object a line.

    python with_mojito.py REST_URL WS_URL APP_KEY APP_SECRET TR_ID=TR_KEY …

It knows 46 fields of trades and 23 of encrypted notices, and asks for everything in one breath, without waiting for
answers. Its WebSocket's address is a literal. It imports pandas for what is not tried here. This program runs in
.venv-conformance, where none of ours is.
"""

import asyncio
import functools
import json
import sys
import types

sys.modules["pandas"] = types.ModuleType("pandas")

import mojito.koreainvestment  # noqa: E402 - once it need not find pandas
import websockets  # noqa: E402

NOTICES = "H0STCNI0"


class Printer:
    """Stands where mojito puts what it has understood."""

    def put(self, understood: tuple[str, dict[str, str]]) -> None:
        """Print one trade or notice."""
        kind, fields = understood
        if kind == "체결":
            price = float(fields["주식현재가"])
            record: dict[str, object] = {
                "tr_id": "H0STCNT0",
                "symbol": fields["유가증권단축종목코드"],
                "price": price,
                "base_price": price - float(fields["전일대비"]),
                "cumulative_volume": int(fields["누적거래량"]),
            }
        else:
            record = {
                "tr_id": NOTICES,
                "symbol": fields["주식단축종목코드"],
                "price": float(fields["체결단가"]),
                "quantity": float(fields["체결수량"]),
            }
        sys.stdout.write(json.dumps(record) + "\n")
        sys.stdout.flush()


def main() -> None:
    """Print trades and notices until this process is ended."""
    rest_url, ws_url, app_key, app_secret, *registrations = sys.argv[1:]
    pairs = [registration.split("=") for registration in registrations]
    hts_id = next((key for tr_id, key in pairs if tr_id == NOTICES), None)
    symbols = [key for tr_id, key in pairs if tr_id != NOTICES]
    connect = functools.partial(websockets.connect, ws_url)
    mojito.koreainvestment.websockets = types.SimpleNamespace(connect=lambda _uri, **options: connect(**options))
    client = mojito.koreainvestment.KoreaInvestmentWS(app_key, app_secret, ["H0STCNT0"], symbols, hts_id)
    client.base_url = rest_url
    client.queue = Printer()
    asyncio.run(client.ws_client())


if __name__ == "__main__":
    main()
