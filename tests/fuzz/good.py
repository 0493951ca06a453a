"""Good input, from which `mutation` makes the rest: what KIS, Telegram, our own actors and an operator write."""

import json

from protocol.messages import Event, ReplayChunk, ReplayRequest, Targets, Trades, WatchListChanged
from protocol.wire import Envelope, encode, encode_published
from tests.support.house import ROOT
from tests.support.market import NINE, targets, trade

__all__ = [
    "CLOCKS",
    "CONFIGURATIONS",
    "ENVELOPES",
    "FRAMES",
    "HTTP",
    "KIS_ANSWERS",
    "PUBLISHED",
    "QUESTIONS",
    "TELEGRAM_ANSWERS",
    "TEXTS",
    "UPDATES",
]

FRAMES = [
    line
    for line in (ROOT / "tests" / "recordings" / "frames-sample.txt").read_bytes().splitlines()
    if line.startswith((b"0|", b"1|"))
]
TEXTS = [
    *(
        json.dumps(
            {"header": header, "body": {"rt_cd": "0", "msg_cd": code, "msg1": "TEXT", "output": {"iv": "i" * 16}}}
        ).encode()
        for header in ({"tr_id": "H0STCNT0", "tr_key": "005930", "encrypt": "N"}, {"tr_id": "(null)", "tr_key": ""})
        for code in ("OPSP0000", "OPSP0008", "OPSP0011", "OPSP8996")
    ),
    b'{"header":{"tr_id":"PINGPONG","datetime":"20261007101530"}}',
]
_PRICE = {"stck_prpr": "70600", "prdy_vrss": "-2065", "stck_sdpr": "72665", "acml_vol": "100", "stck_lwpr": "70500"}
_DAY = {
    "stck_bsop_date": "20251127",
    "stck_clpr": "1",
    "stck_oprc": "1",
    "stck_hgpr": "1",
    "stck_lwpr": "1",
    "acml_vol": "9",
}
_MINUTE = {**_DAY, "stck_cntg_hour": "093000", "stck_prpr": "1", "cntg_vol": "5"}
_US = {"base": "41.27", "last": "40.10", "sign": "5", "diff": "1.17", "tvol": "100"}
_US_DAY = {"xymd": "20251126", "clos": "1.5", "open": "1", "high": "2", "low": "1", "tvol": "9"}
_US_MINUTE = {"kymd": "20251126", "khms": "233000", "open": "1", "high": "2", "low": "1", "last": "1", "evol": "9"}
KIS_ANSWERS = [
    json.dumps({"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "정상", **answer}, ensure_ascii=False).encode()
    for answer in (
        {"output": _PRICE},
        {"output": _US},
        {"output": [_PRICE, _PRICE]},
        {"output1": {"hts_kor_isnm": "삼성전자"}, "output2": [_DAY, {}, _DAY]},
        {"output1": _PRICE, "output2": [_MINUTE, _MINUTE]},
        {"output1": {"nrec": "2"}, "output2": [_US_DAY, _US_MINUTE]},
        {"access_token": "a.b", "token_type": "Bearer", "expires_in": 86400},
        {"approval_key": "a2585daf-8c09-4587-9fce-8ab893000000"},
    )
] + [
    b'{"rt_cd":"1","msg_cd":"EGW00201","msg1":"\xec\xb4\x88\xea\xb3\xbc"}',
    b'{"error_code":"EGW00133","error_description":"1"}',
]
HTTP = [
    b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)
    for body in KIS_ANSWERS[:4]
    for status in (b"200 OK", b"500 Internal Server Error")
] + [
    b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n\x1f\x8b\x08\x00{}",
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nSet-Cookie: a=b; expires=x\r\n\r\n",
]
_MESSAGE = {
    "message_id": 7,
    "from": {"id": 1001, "is_bot": False, "first_name": "안나", "language_code": "ko"},
    "chat": {"id": 1001, "type": "private"},
    "date": 1764288000,
}
UPDATES = [
    json.dumps([{"update_id": 9, "message": {**_MESSAGE, "text": text}}], ensure_ascii=ascii_only).encode()
    for ascii_only in (False, True)
    for text in ("/start CODE", "/list", "/add 삼성전자", "/add@bot 005930", "/remove 005930", "/status", "안녕 👋")
] + [b'[{"update_id":1,"edited_message":{}},{"update_id":2}]']
TELEGRAM_ANSWERS = [
    b'{"ok":true,"result":{"message_id":7,"chat":{"id":1,"type":"private"}}}',
    b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":5}}',
    b'{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}',
    *(b'{"ok":true,"result":' + update + b"}" for update in UPDATES[:2]),
]


def _messages() -> list[Trades | Targets | WatchListChanged | Event | ReplayRequest | ReplayChunk]:
    frame = encode_published("trades", Envelope("feed-1", 5, 1, Trades(trades=[trade(98_900)])))
    return [
        Trades(trades=[trade(98_900), trade(97_900)]),
        targets(),
        WatchListChanged(symbols=["005930"]),
        Event(name="gap_found", at=NINE, details={"sender": "feed-1"}),
        ReplayRequest(stream="trades", epoch=5, first=1),
        ReplayChunk(stream="trades", epoch=5, first=1, newest=1, frames=[frame]),
    ]


ENVELOPES = [encode(Envelope("feed-1", 5, 1, message)) for message in _messages()]
PUBLISHED = [encode_published("trades", Envelope("feed-1", 5, 1, message)) for message in _messages()]
QUESTIONS = [
    json.dumps({"id": "7", "command": command, "arguments": arguments}).encode()
    for command, arguments in (("ping", {}), ("echo", {"symbol": "005930", "levels": [1, 2.5, None]}))
]
CONFIGURATIONS = [
    b'[kis]\nrest_url = "http://127.0.0.1:1"\nconnects = { burst = 10, refill_s = 15.0 }\n[feed]\nretry_cap_s = 15.0\n',
    b'[telegram]\nlevels = [1.0, 2.0]\n[[telegram.people]]\nname = "Anna"\nuser_id = 1001\nchat_id = 1001\n',
]
CLOCKS = [b'{"monotonic_ns":123,"world_ns":1764288000000000000,"speed":1.0,"life":"4711:88123"}']
