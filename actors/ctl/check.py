"""`sigmactl kis check`: whether all that KIS and Telegram must do for us is done; one line each, with the remedy.

Where feed runs it is asked, because an app key has one session and KIS issues one token a minute: what feed holds is
what counts. Where it does not run, KIS is asked: for a token unless a good one is kept, for a price, for an approval
key, and over one WebSocket to register one symbol, which then says goodbye.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial

from actors.ctl.bot import ask_bot
from actors.ctl.display import put, put_json
from actors.ctl.feed_door import FeedDoor, find_feed
from actors.ctl.findings import Finding, line_of
from actors.ctl.installation import find_settings
from actors.ctl.kis_door import KisDoor, first_symbol
from actors.ctl.readiness import check_calendar, check_clock, check_masters, clock_of
from actors.kis.codes import Reaction
from actors.kis.errors import KisError, RefusedByKis
from actors.runtime.config import AppKey, Secrets, Settings, load_secrets
from actors.runtime.errors import ActorError, CommandRefused
from actors.runtime.visitor import Visitor

__all__ = ["show_check"]

Look = Callable[[], str]
"""Returns what was found, or raises what is wrong with it."""

INIT = "sigmactl init asks for it, tries it and writes it down"
REACH = "is the internet there, are the addresses in [kis] right, does a firewall let ports 9443 and 21000 out?"
START = "start it, or see sigmactl status"
REMEDIES = {
    Reaction.STOP: "copy app key and app secret again from KIS Developers: sigmactl init",
    Reaction.NEW_KEY: "run this again: the next approval key is another one",
    Reaction.WAIT_FOR_SLOT: "another program uses this app key: stop it, or give it an app key of its own",
    Reaction.NO_ROOM: "another program has spent the registrations of this app key: stop it",
    Reaction.STOP_STREAM: "sigmactl find CODE: is the watched code right?",
    Reaction.NEW_TOKEN: "sigmactl restart feed: it gets another token",
    Reaction.WAIT_A_MINUTE: "run this again in a minute: KIS issues one token in each",
    Reaction.NOT_PERMITTED: "apply for this API in KIS Developers",
    Reaction.RETRY_LATER: "run this again in a minute; at night and on weekends KIS may be in maintenance",
}


def show_check(arguments: argparse.Namespace) -> int:
    """Print what is found, as it is found; 0 only if all is well."""
    settings = find_settings(arguments)
    findings = []
    with Visitor(settings) as visitor:
        for name, look, remedy in _looks(settings, load_secrets(settings), visitor):
            findings.append(_find(name, look, remedy))
            if "json" not in arguments:
                put(line_of(findings[-1]))
    if "json" in arguments:
        put_json(findings)
    return 0 if all(finding.ok for finding in findings) else 1


def _looks(settings: Settings, secrets: Secrets, visitor: Visitor) -> Iterator[tuple[str, Look, str]]:
    """Yield the name of each look, the look, and the remedy if the error itself suggests none."""
    for key in secrets.app_keys:
        yield f"keys {key.name}", partial(_check_keys, key), INIT
        if key.key and key.secret:
            feed = find_feed(visitor, key.name)
            yield from _looks_by_feed(feed, settings, key) if feed else _looks_by_ourselves(settings, key)
    yield "clock", lambda: check_clock(settings), "timedatectl set-ntp true; in the demo: start it"
    yield "calendar", lambda: check_calendar(settings), "take a newer version: its calendar reaches further"
    yield "master files", lambda: check_masters(settings), "is [kis] masters_url right? see sigmactl logs analyst"
    yield "bot token", lambda: _check_bot(settings, secrets), INIT


def _looks_by_feed(feed: FeedDoor, settings: Settings, key: AppKey) -> Iterator[tuple[str, Look, str]]:
    door = KisDoor(settings, key, clock_of(settings))
    if feed.asks_for_tokens:
        yield f"token {key.name}", feed.check_token, "see sigmactl logs feed"
        yield f"price {key.name}", lambda: door.check_price(first_symbol(settings)), REACH
    yield (
        f"approval key {key.name}",
        lambda: door.describe_approval_key() or feed.check_link(),
        "see sigmactl logs feed",
    )
    yield (
        f"websocket {key.name}",
        feed.check_streams,
        "see sigmactl logs feed; a new connection: sigmactl feed reconnect",
    )
    door.close()


def _looks_by_ourselves(settings: Settings, key: AppKey) -> Iterator[tuple[str, Look, str]]:
    door = KisDoor(settings, key, clock_of(settings))
    symbol = first_symbol(settings)
    yield f"token {key.name}", door.check_token, REACH
    yield f"price {key.name}", lambda: door.check_price(symbol), REACH
    yield f"approval key {key.name}", door.check_approval_key, REACH
    yield f"websocket {key.name}", lambda: door.check_stream(symbol), REACH
    door.close()


def _check_keys(key: AppKey) -> str:
    missing = [what for what, secret in (("app key", key.key), ("app secret", key.secret)) if not secret]
    if missing:
        message = f"expected app key and app secret, found no {' and no '.join(missing)}"
        raise CommandRefused(message)
    return "app key and app secret are there"


def _check_bot(settings: Settings, secrets: Secrets) -> str:
    if not secrets.telegram_bot_token:
        message = "expected the bot's token, found none"
        raise CommandRefused(message)
    return f"the bot is {ask_bot(settings, secrets.telegram_bot_token)}"


def _find(name: str, look: Look, remedy: str) -> Finding:
    try:
        return Finding(name=name, ok=True, found=look())
    except RefusedByKis as refusal:
        return Finding(name=name, ok=False, found=str(refusal), remedy=REMEDIES.get(refusal.reaction, remedy))
    except (ActorError, KisError) as error:
        return Finding(name=name, ok=False, found=str(error), remedy=remedy)
