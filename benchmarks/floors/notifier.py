"""The floor of the notifier, a process: PULL, one HTTP request by `urllib3`, as ours.

`python -m benchmarks.floors.notifier ALERTS_ENDPOINT URL`. One kept connection; the message says what ours says.
"""

import sys
from datetime import datetime, timedelta, timezone

import msgspec
import urllib3
import zmq

from benchmarks.floors.alerts import FloorAlert

__all__: list[str] = []

KOREA = timezone(timedelta(hours=9))
TIMEOUT_S = 12.0
OK = 200


def _notify(inbox: "zmq.Socket[bytes]", url: str) -> None:
    decode = msgspec.msgpack.Decoder(FloorAlert).decode
    connections = urllib3.connection_from_url(url, timeout=TIMEOUT_S, retries=False)
    path = urllib3.util.parse_url(url).request_uri
    headers = {"Content-Type": "application/json"}
    while True:
        alert = decode(inbox.recv())
        body = msgspec.json.encode({"chat_id": 1, "text": _text(alert), "parse_mode": "HTML"})
        answer = connections.urlopen("POST", path, body, headers)
        if answer.status != OK:
            sys.exit(f"expected status {OK}, found {answer.status}")


def _text(alert: FloorAlert) -> str:
    at = datetime.fromtimestamp(alert.traded_at_ns / 1e9, KOREA)
    return (
        f"🚨 매수 알림! 1차 매수 시점 도달\n\n📊 종목 ({alert.symbol})\n"
        f"💰 현재가: {alert.price:,.0f}원 (전일대비 {alert.price / alert.base_price - 1:+.2%})\n"
        f"🎯 목표가: {alert.target:,.0f}원\n📉 하락률: {alert.sigma:.2%}\n\n"
        f"⏰ {at:%Y-%m-%d %H:%M:%S}\n\n💡 1차 매수 타이밍입니다! (1배 투자)"
    )


if __name__ == "__main__":
    with zmq.Context() as _CONTEXT, _CONTEXT.socket(zmq.PULL) as _INBOX:
        _INBOX.bind(sys.argv[1])
        _notify(_INBOX, sys.argv[2])
