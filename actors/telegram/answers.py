"""What the bot answers to commands, in Korean and English. Pure; plain text, which `wire` escapes."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from actors.market.sigma import target_price
from actors.telegram.phrases import COMMAND_LISTS, WORDS
from actors.telegram.texts import clean, price_text
from protocol.messages import Venue

__all__ = ["ActorReport", "Answers", "WatchLine"]

MINUTE_S = 60.0
HOUR_S = 3_600.0


class WatchLine(Struct, frozen=True, kw_only=True):
    """One watched symbol with what is known of it."""

    symbol: str
    name: str
    venue: Venue
    levels: tuple[float, ...]
    base_price: float | None = None
    sigma: float | None = None
    session_date: date | None = None
    price: float | None = None
    """The price now."""


class ActorReport(Struct, frozen=True, kw_only=True):
    """How one actor is; `state` is empty if it does not answer."""

    actor: str
    state: str = ""
    reason: str = ""
    last_progress_s: float = 0.0


class Answers:
    """The answers in one language (ko or en)."""

    def __init__(self, language: str) -> None:
        self._words = WORDS[language]
        self._commands = COMMAND_LISTS[language]

    def welcome(self, name: str) -> str:
        """Greet a person who has just come in."""
        return self._words.welcome.format(name=clean(name))

    def known(self, name: str) -> str:
        """Greet a person who was in already."""
        return self._words.known.format(name=clean(name))

    def help(self) -> str:
        """List the commands."""
        return "\n".join([self._words.help, "", *(f"/{command} - {text}" for command, text in self._commands)])

    def misused(self, name: str) -> str:
        """Show by an example how the command *name* is written."""
        examples = {"add": self._words.misused_add, "remove": self._words.misused_remove}
        return examples.get(name, self._words.misused)

    def not_allowed(self) -> str:
        """Say that this person may only receive."""
        return self._words.not_allowed

    def added(self, symbol: str, name: str) -> str:
        """Say that *symbol* is watched from now on."""
        return self._words.added.format(symbol=symbol, name=clean(name))

    def watched(self, symbol: str, name: str) -> str:
        """Say that *symbol* was watched already."""
        return self._words.watched.format(symbol=symbol, name=clean(name))

    def too_many(self, most: int, symbol: str) -> str:
        """Say that no more than *most* can be watched, with *symbol* as an example of one to remove."""
        return self._words.too_many.format(most=most, symbol=symbol)

    def removed(self, symbol: str, name: str) -> str:
        """Say that *symbol* is watched no longer."""
        return self._words.removed.format(symbol=symbol, name=clean(name))

    def not_watched(self, symbol: str) -> str:
        """Say that *symbol* was not watched."""
        return self._words.not_watched.format(symbol=symbol)

    def unknown(self, words: str) -> str:
        """Say that nothing is found for *words*."""
        return self._words.unknown.format(words=clean(words))

    def choose(self, choices: Sequence[tuple[str, str]]) -> str:
        """Ask which of *choices*, symbol and name, is meant, with the first as an example."""
        lines = [f"• {clean(name)} ({symbol})" for symbol, name in choices]
        return "\n".join([self._words.choose, "", *lines, "", self._words.choose_so.format(symbol=choices[0][0])])

    def try_again(self) -> str:
        """Say that analyst could not be asked."""
        return self._words.try_again

    def watch_list(self, lines: Sequence[WatchLine]) -> str:
        """Show what is watched, with targets and price as far as they are known."""
        if not lines:
            return self._words.empty
        blocks = [self._words.list_title.format(count=len(lines))]
        for line in lines:
            name = clean(line.name) or line.symbol
            blocks.append(f"\n• {name} ({line.symbol})\n  {self._targets_of(line)}")
        return "\n".join(blocks)

    def status(self, reports: Sequence[ActorReport], waiting: int) -> str:
        """Show how every actor is, and how many deliveries are *waiting*."""
        lines = [self._report_line(report) for report in reports]
        is_well = all(report.state == "running" for report in reports)
        title = self._words.all_well if is_well else self._words.not_well
        if waiting:
            lines.append(self._words.waiting.format(count=waiting))
        return "\n".join([title, "", *lines])

    def _targets_of(self, line: WatchLine) -> str:
        if line.base_price is None or line.sigma is None:
            return self._words.no_target
        points = [self._point_of(line, level, line.base_price, line.sigma) for level in line.levels]
        if line.price is not None:
            points.append(self._words.price_now.format(price=price_text(line.price, line.venue)))
        return " · ".join(points)

    def _point_of(self, line: WatchLine, level: float, base_price: float, sigma: float) -> str:
        pattern = self._words.point if level.is_integer() else self._words.odd_point
        price = price_text(target_price(base_price, sigma, level), line.venue)
        return pattern.format(level=f"{level:g}", price=price, fall=f"{level * sigma:.2%}")

    def _report_line(self, report: ActorReport) -> str:
        name = self._words.actors.get(report.actor, report.actor)
        match report.state:
            case "":
                return f"❌ {name}: {self._words.silent}"
            case "running":
                return f"✅ {name}: {self._since(report.last_progress_s)}"
            case "starting":
                return f"⚠️ {name}: {self._words.starting}"
            case "stopping":
                return f"⚠️ {name}: {self._words.stopping}"
            case _:
                return f"⚠️ {name}: {self._words.ill.format(reason=clean(report.reason) or report.state)}"

    def _since(self, seconds: float) -> str:
        """Return how long ago somebody was last at work, as people say it."""
        if seconds < MINUTE_S:
            return self._words.now
        if seconds < HOUR_S:
            return self._words.minutes.format(count=int(seconds // MINUTE_S))
        return self._words.hours.format(count=int(seconds // HOUR_S))
