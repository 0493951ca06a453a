"""Where ntfy may be."""

import pytest

from actors.telegram.channels.ntfy.config import NtfyConfig


@pytest.mark.parametrize(
    "url", ["", "https://ntfy.example.org", "http://127.0.0.1:2586", "http://localhost", "http://[::1]:80"]
)
def test_a_wire_that_nobody_listens_to_is_taken(url: str) -> None:
    """Encrypted, or within this machine."""
    assert NtfyConfig(url=url).url == url


def test_plain_http_beyond_this_machine_is_taken_only_from_who_says_so() -> None:
    """Token and topics would be read along; in a private network that encrypts by itself they are not."""
    with pytest.raises(ValueError, match="plain_http = true"):
        NtfyConfig(url="http://nas.tail1234.ts.net")

    assert NtfyConfig(url="http://nas.tail1234.ts.net", plain_http=True).plain_http
