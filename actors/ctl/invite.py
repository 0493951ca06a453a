"""`sigmactl invite`: a code for one person, with its link, and as a QR code that a phone's camera opens."""

import argparse
import io
from datetime import datetime

import msgspec
import segno
from msgspec import Struct

from actors.ctl.control import ask_actor
from actors.ctl.display import put, put_json
from actors.ctl.prices import market_time
from protocol.messages import Venue

__all__ = ["drawn", "invite"]

VIEWER = "viewer"
FOR_A_VIEWER = "a viewer adds no stocks: you do, with `sigmactl add CODE --person NAME`, as soon as the code is used\n"


class _Invitation(Struct, frozen=True, kw_only=True):
    code: str
    link: str
    role: str
    expires_at: datetime


def invite(arguments: argparse.Namespace) -> int:
    """Have telegram make an invitation, and print it; its code is told this once."""
    result = ask_actor(arguments, "telegram", "invite", {"role": arguments.role})
    if "json" in arguments:
        put_json(result)
        return 0
    invitation = msgspec.convert(result, _Invitation)
    put(f"for one {invitation.role}, until {market_time(invitation.expires_at, Venue.KRX)}; shown this once\n")
    put(f"{FOR_A_VIEWER}\n" if invitation.role == VIEWER else "\n")
    if invitation.link:
        put(f"{drawn(invitation.link)}\n{invitation.link}\n\nor, typed to the bot:\n\n")
    put(f"/start {invitation.code}\n")
    return 0


def drawn(link: str) -> str:
    """Return *link* as a QR code of a terminal's half blocks."""
    drawing = io.StringIO()
    segno.make(link, micro=False).terminal(drawing, border=2, compact=True)
    return drawing.getvalue()
