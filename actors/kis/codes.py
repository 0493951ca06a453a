"""What KIS's answer codes make us do: one table.

OPSP codes answer requests on the WebSocket, EGW codes come from the REST gateway. A code that is not in the table,
with anything but success, is tried again later.

Source: KIS documents; canduk910/auto_stock, devngho/kt_kisopenapi and python-kis; 0000-0003, 0008, 0011 and 8996 were
seen live.
"""

import enum

__all__ = ["REACTIONS", "Reaction", "reaction_to"]


class Reaction(enum.Enum):
    """What to do about an answer."""

    CONFIRMED = "confirmed"
    """It is as we asked."""
    GONE = "gone"
    """The stream is off."""
    RETRY_LATER = "retry later"
    """KIS's trouble: ask again, with back-off."""
    NO_ROOM = "no room"
    """The session's registrations are spent: this stream has to wait until another goes."""
    STOP_STREAM = "stop this stream"
    """The symbol is unknown, or the request was ours to get right: do not repeat it."""
    NEW_KEY = "one new approval key"
    """KIS does not know our approval key: get one new key, try once, then back off."""
    WAIT_FOR_SLOT = "wait for the slot"
    """Another session holds the app key: be silent for long; a new key does not help."""
    NEW_TOKEN = "one new access token"  # noqa: S105 - no secret
    """The token is invalid or expired: get a new one, repeat once."""
    WAIT_A_MINUTE = "wait a minute"
    """Tokens are issued once a minute."""
    NOT_PERMITTED = "not permitted"
    """The app key may not make this call, others it may: give the call up for long."""
    STOP = "stop"
    """The app key or its secret is wrong: only the operator can help."""


REACTIONS: dict[str, Reaction] = {
    "OPSP0000": Reaction.CONFIRMED,  # SUBSCRIBE SUCCESS
    "OPSP0001": Reaction.GONE,  # UNSUBSCRIBE SUCCESS
    "OPSP0002": Reaction.CONFIRMED,  # ALREADY IN SUBSCRIBE
    "OPSP0003": Reaction.GONE,  # UNSUBSCRIBE ERROR(not found!)
    "OPSP0007": Reaction.RETRY_LATER,  # SUBSCRIBE INTERNAL ERROR
    "OPSP0008": Reaction.NO_ROOM,  # MAX SUBSCRIBE OVER
    "OPSP0009": Reaction.RETRY_LATER,  # SUBSCRIBE ERROR : mci send failed
    "OPSP0010": Reaction.STOP,  # SUBSCRIBE WARNING : invalid appkey
    "OPSP0011": Reaction.NEW_KEY,  # invalid approval : NOT FOUND
    "OPSP8991": Reaction.STOP_STREAM,  # tr_id invalid
    "OPSP8992": Reaction.STOP_STREAM,  # tr_key invalid
    "OPSP8993": Reaction.STOP_STREAM,  # JSON PARSING ERROR : invalid tr_key
    "OPSP8994": Reaction.STOP_STREAM,  # personalseckey not found
    "OPSP8995": Reaction.STOP_STREAM,  # appsecret not found
    "OPSP8996": Reaction.WAIT_FOR_SLOT,  # ALREADY IN USE appkey
    "OPSP8997": Reaction.STOP_STREAM,  # tr_type invalid
    "OPSP8998": Reaction.STOP_STREAM,  # custtype invalid
    "OPSP8999": Reaction.RETRY_LATER,  # resource not available
    "OPSP9990": Reaction.STOP_STREAM,  # tr_key not found
    "OPSP9991": Reaction.STOP_STREAM,  # input not found
    "OPSP9992": Reaction.STOP_STREAM,  # body not found
    "OPSP9993": Reaction.RETRY_LATER,  # internal error
    "OPSP9994": Reaction.STOP,  # invalid appkey
    "OPSP9995": Reaction.RETRY_LATER,  # resource not available
    "OPSP9996": Reaction.STOP,  # invalid appkey
    "OPSP9997": Reaction.STOP_STREAM,  # custtype not found
    "OPSP9998": Reaction.STOP_STREAM,  # header not found
    "OPSP9999": Reaction.STOP_STREAM,  # invalid JSON
    "EGW00103": Reaction.STOP,  # app key wrong
    "EGW00105": Reaction.STOP,  # app secret wrong
    "EGW00121": Reaction.NEW_TOKEN,  # token invalid
    "EGW00123": Reaction.NEW_TOKEN,  # token expired
    "EGW00133": Reaction.WAIT_A_MINUTE,  # token asked for more than once a minute
    "EGW00201": Reaction.RETRY_LATER,  # too many calls a second
    "EGW00206": Reaction.NOT_PERMITTED,  # no permission for this call
    "EGW00301": Reaction.RETRY_LATER,  # gateway time-out
    "EGW00302": Reaction.RETRY_LATER,  # gateway time-out
}


def reaction_to(code: str) -> Reaction:
    """Return what to do about *code* in an answer that is not a plain success."""
    return REACTIONS.get(code, Reaction.RETRY_LATER)
