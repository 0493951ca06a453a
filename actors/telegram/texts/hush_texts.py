"""What is answered to /quiet and /mute. Pure; plain text, which `wire` escapes."""

from collections.abc import Mapping, Sequence

from actors.telegram.chat.hush_orders import SILENT
from actors.telegram.people.hush import Hush, Mute
from actors.telegram.texts.alert_texts import Reader, clean
from actors.words.catalogue import Words
from protocol.moments import from_ns

__all__ = ["mute_text", "quiet_text", "sound_text"]


def quiet_text(hush: Hush, words: Words) -> str:
    """Say when it is quiet, what comes through, and what rings."""
    quiet = hush.quiet
    if quiet is None:
        lines = [words.say("hush.no-quiet")]
    else:
        lines = [words.say("hush.quiet", begins=f"{quiet.begins:%H:%M}", ends=f"{quiet.ends:%H:%M}")]
        wakes = f"{quiet.wakes_from:g}"
        lines.append(words.say("hush.wakes", level=wakes) if quiet.wakes_from else words.say("hush.wakes-not"))
    return "\n".join([*lines, sound_text(hush.rings_from, words), "", words.say("command.quiet.example")])


def sound_text(rings_from: float, words: Words) -> str:
    """Say which alerts make a sound."""
    return words.say("hush.rings-not") if rings_from >= SILENT else words.say("hush.rings", level=f"{rings_from:g}")


def mute_text(mutes: Sequence[Mute], now_ns: int, reader: Reader, names: Mapping[str, str]) -> str:
    """Say what is muted and until when; *names* are those of stocks, by symbol."""
    words = reader.words
    lines = [_line(mute, now_ns, reader, names) for mute in mutes if mute.until_ns > now_ns]
    if not lines:
        return "\n\n".join([words.say("hush.nothing-muted"), words.say("command.mute.example")])
    return "\n".join([*lines, "", words.say("hush.then-a-digest")])


def _line(mute: Mute, now_ns: int, reader: Reader, names: Mapping[str, str]) -> str:
    words = reader.words
    until, now = (from_ns(moment_ns).astimezone(reader.zone) for moment_ns in (mute.until_ns, now_ns))
    shown = f"{until:%H:%M}" if until.date() == now.date() else f"{until:%m-%d %H:%M}"
    what = f"{clean(names[mute.symbol])} ({mute.symbol})" if mute.symbol in names else mute.symbol
    if not what:
        what = words.say(f"hush.of-market.{mute.market.value}" if mute.market else "hush.everything")
    return words.say("hush.muted", what=what, until=shown)
