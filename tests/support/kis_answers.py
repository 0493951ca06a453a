"""Answers of KIS's REST calls for tests."""

import json

__all__ = ["ok"]


def ok(**parts: object) -> bytes:
    """Return a successful answer."""
    return json.dumps({"rt_cd": "0", "msg_cd": "MCA00000", "msg1": "정상처리", **parts}).encode()
