"""What holds for all that the operator's commands ask of the outside over HTTP, by `requests`.

Proxies and ~/.netrc of the environment are ignored. A redirect is an answer like any other: nobody follows it, and the
library must not even read where it leads, because it raises over a Location that is not UTF-8, which a hotspot's page
may well have.
"""

import requests

__all__ = ["WebSession"]


class WebSession(requests.Session):
    """Kept connections; one thread at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def get_redirect_target(self, _resp: requests.Response) -> None:
        """Return that there is none."""
