"""ntfy as it is switched on; what it sends is held by `integration/actors/test_channels.py`."""

import re
from typing import cast

import pytest

from actors.runtime.config import Secret
from actors.telegram.channels.exchange import Exchange
from actors.telegram.channels.ntfy.client import NtfyChannel, open_ntfy
from actors.telegram.channels.ntfy.config import NtfyConfig

NO_TOKEN = Secret("")


def no_exchange(_root: str) -> Exchange:
    """Return nothing: nothing is sent."""
    return cast(Exchange, None)


def test_without_an_url_there_is_no_ntfy() -> None:
    """Nobody is asked for a server that he does not have."""
    assert open_ntfy(NtfyConfig(), NO_TOKEN, no_exchange, 1.0) is None


def test_it_goes_no_faster_than_its_server_allows() -> None:
    """As the operator has set it."""
    ntfy = open_ntfy(NtfyConfig(url="https://n.org", messages_per_s=2.0, burst=7.0), NO_TOKEN, no_exchange, 1.0)

    assert ntfy is not None
    assert (ntfy.rates.bot_per_s, ntfy.rates.bot_burst) == (2.0, 7.0)
    assert isinstance(ntfy.open(), NtfyChannel)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://n.org/", "ntfy://n.org/anna"),
        ("https://n.org:8443/push/", "ntfy://n.org:8443/push/anna"),
        ("http://127.0.0.1:2586", "ntfy://127.0.0.1:2586/anna?secure=false"),
    ],
)
def test_a_topic_has_a_link_that_the_app_opens(url: str, link: str) -> None:
    """Source: docs.ntfy.sh/subscribe/phone, "ntfy:// links"."""
    ntfy = open_ntfy(NtfyConfig(url=url), NO_TOKEN, no_exchange, 1.0)

    assert ntfy is not None
    assert ntfy.link("anna") == link


def test_a_new_topic_is_one_that_nobody_guesses() -> None:
    """Who knows the topic reads along."""
    ntfy = open_ntfy(NtfyConfig(url="https://n.org"), NO_TOKEN, no_exchange, 1.0)

    assert ntfy is not None
    topics = {ntfy.new_address("Anna") for _ in range(100)}
    assert len(topics) == 100
    assert all(re.fullmatch(ntfy.address, topic) and len(topic) >= 30 for topic in topics)
