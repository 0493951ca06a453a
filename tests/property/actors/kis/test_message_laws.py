"""Laws of the WebSocket's JSON texts."""

import json

from hypothesis import given
from hypothesis import strategies as st

from actors.kis.daily_bars import parse_bars, parse_us_bars
from actors.kis.errors import KisError, ShapeError
from actors.kis.issuance import parse_token
from actors.kis.messages import Answer, PingPong, Stream, build_request, parse_message
from actors.kis.minute_bars import parse_minutes, parse_us_minutes
from actors.kis.prices import parse_price, parse_us_price

texts = st.text(max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(texts, texts, texts, st.booleans())
def test_a_request_carries_what_it_was_given(tr_id: str, key: str, approval_key: str, subscribe: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever stands in a code must not break the text around it."""
    request = json.loads(build_request(Stream(tr_id, key), approval_key, "P", subscribe=subscribe))

    assert request["body"]["input"] == {"tr_id": tr_id, "tr_key": key}
    assert request["header"]["approval_key"] == approval_key
    assert request["header"]["tr_type"] == ("1" if subscribe else "2")


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_message_or_a_shape_error(text: bytes) -> None:
    """No text that comes over the socket may end the feed."""
    try:
        message = parse_message(text)
    except ShapeError:
        return
    assert isinstance(message, Answer | PingPong)


@given(
    st.sampled_from(
        [parse_token, parse_price, parse_us_price, parse_bars, parse_us_bars, parse_minutes, parse_us_minutes]
    ),
    st.binary(max_size=200)
    | st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("rt_cd", "output", "output1", "output2", "access_token"), json_values)
    ).map(lambda value: json.dumps(value).encode()),
)
def test_any_body_is_an_answer_or_an_error_of_ours(parse: object, body: bytes) -> None:
    """A gateway's HTML page, half an answer, a new shape: the caller knows what to do about each."""
    assert callable(parse)
    try:
        parse(body)
    except KisError:
        return
