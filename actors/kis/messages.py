"""The JSON texts of the KIS WebSocket: requests to subscribe, their answers, and PINGPONG. Pure.

An error answer may lack its header, or name `(null)` there, so an answer cannot always be matched to its request.

Source: KIS documents; answers and PINGPONG as recorded.
"""

import msgspec
from msgspec import Struct

from actors.kis.codes import Reaction, reaction_to
from actors.kis.errors import ShapeError
from actors.kis.fills import FILL_TRS, Cipher

__all__ = ["Answer", "PingPong", "Stream", "build_request", "parse_message"]

CONTENT_TYPE = "utf-8"
SUCCESS = "0"
_NULL = "(null)"


class Stream(Struct, frozen=True, order=True):
    """One registration: a TR for one key, as `H0STCNT0` for `005930`."""

    tr_id: str
    key: str


class Answer(Struct, frozen=True):
    """What KIS says to a request. `stream` is None where it does not tell which."""

    stream: Stream | None
    code: str
    text: str
    reaction: Reaction
    cipher: Cipher | None = None
    """What opens the encrypted frames of this stream."""


class PingPong(Struct, frozen=True):
    """KIS asks whether we live: send the same text back."""


class _RequestHeader(Struct, rename={"content_type": "content-type"}):
    approval_key: str
    custtype: str
    tr_type: str
    content_type: str = CONTENT_TYPE


class _Input(Struct):
    tr_id: str
    tr_key: str


class _RequestBody(Struct, rename={"wish": "input"}):
    wish: _Input


class _Request(Struct):
    header: _RequestHeader
    body: _RequestBody


class _AnswerHeader(Struct):
    tr_id: str | None = None
    tr_key: str | None = None


class _AnswerBody(Struct):
    rt_cd: str = ""
    msg_cd: str = ""
    msg1: str = ""
    output: msgspec.Raw = msgspec.Raw(b"null")


class _Message(Struct):
    header: _AnswerHeader | None = None
    body: _AnswerBody | None = None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Message)
_ciphers = msgspec.json.Decoder(Cipher)


def build_request(stream: Stream, approval_key: str, custtype: str, *, subscribe: bool) -> bytes:
    """Return the text that registers *stream*, or unregisters it (tr_type 2; some samples' 0 is wrong)."""
    header = _RequestHeader(approval_key, custtype, "1" if subscribe else "2")
    return _encoder.encode(_Request(header, _RequestBody(_Input(stream.tr_id, stream.key))))


def parse_message(text: bytes) -> Answer | PingPong:
    """Return what the JSON *text* says.

    Raises:
        ShapeError: it is not JSON, or neither an answer nor PINGPONG.
    """
    try:
        message = _decoder.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        problem = f"expected an answer or PINGPONG in JSON, found {text[:80]!r}: {error}"
        raise ShapeError(problem) from None
    if message.header is not None and message.header.tr_id == "PINGPONG":
        return PingPong()
    if message.body is None or not message.body.rt_cd:
        problem = f"expected header and body with rt_cd, found {text[:80]!r}"
        raise ShapeError(problem)
    body = message.body
    stream = _stream_of(message.header)
    return Answer(stream, body.msg_cd, body.msg1, _reaction(body), _cipher_for(stream, body.output))


def _reaction(body: _AnswerBody) -> Reaction:
    if body.rt_cd == SUCCESS and body.msg_cd not in {"OPSP0000", "OPSP0001"}:
        return Reaction.CONFIRMED
    return reaction_to(body.msg_cd)


def _cipher_for(stream: Stream | None, output: msgspec.Raw) -> Cipher | None:
    """Return the key in an answer's *output*: of all answers that carry one, those of encrypted streams need it."""
    if stream is None or stream.tr_id not in FILL_TRS:
        return None
    try:
        return _ciphers.decode(output)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _stream_of(header: _AnswerHeader | None) -> Stream | None:
    if header is None or not header.tr_id or not header.tr_key or _NULL in {header.tr_id, header.tr_key}:
        return None
    return Stream(header.tr_id, header.tr_key)
