"""What holds for every HTTP session of the operator's commands."""

import requests
from requests.adapters import BaseAdapter

from actors.ctl.web import WebSession


class Hotspot(BaseAdapter):
    """Sends everybody to a page of its own, whose address is not UTF-8."""

    def send(self, request: requests.PreparedRequest, **_kwargs: object) -> requests.Response:  # type: ignore[override]
        """Return the redirect."""
        response = requests.Response()
        response.status_code = 302
        response.request, response.url = request, request.url or ""
        # The library reads headers as Latin-1.
        response.headers["Location"] = "http://hotspot/로그인".encode("cp949").decode("latin-1")
        return response

    def close(self) -> None:
        """Hold nothing."""


def test_a_redirect_is_an_answer_wherever_it_leads() -> None:
    """The library looks where it would lead although nobody follows it, and raised what no actor is prepared for."""
    session = WebSession()
    session.mount("http://", Hotspot())

    assert session.get("http://127.0.0.1/", allow_redirects=False).status_code == 302


def test_the_environment_is_not_asked_for_proxies() -> None:
    """A proxy that somebody set for his browser must not read our token."""
    assert not WebSession().trust_env
