"""What the bot answers to commands, in Korean and English. Pure; plain text, which `wire` escapes."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from actors.market.prices import Instrument, is_out_of_reach, orderable_price
from actors.market.sigma import target_price
from actors.telegram.phrases import COMMAND_LISTS, WORDS
from actors.telegram.texts import clean, price_text
from protocol.messages import Venue

__all__ = ["ActorReport", "Answers", "KnownTarget", "WatchLine"]

MINUTE_S = 60.0
HOUR_S = 3_600.0


class KnownTarget(Struct, frozen=True, kw_only=True):
    """From what a symbol's targets are made, and for which session date."""

    session_date: date
    base_price: float
    sigma: float
    kind: str = ""
    """`share`, `etf` or `etn`, empty where unknown."""
    obstacle: str = ""
    """Why there is no target; empty where there is one."""
    returns: int = 0
    notes: tuple[str, ...] = ()
    """Codes of what must be said of the day."""


class WatchLine(Struct, frozen=True, kw_only=True):
    """One watched symbol with what is known of it."""

    symbol: str
    name: str
    venue: Venue
    levels: tuple[float, ...]
    target: KnownTarget | None = None
    """From what its targets are made, None while analyst has made none."""
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
        self._descriptions = dict(COMMAND_LISTS[language])

    def welcome(self, name: str) -> str:
        """Greet a person who has just come in."""
        return self._words.welcome.format(name=clean(name))

    def known(self, name: str) -> str:
        """Greet a person who was in already."""
        return self._words.known.format(name=clean(name))

    def description(self, name: str) -> str:
        """Say in one line what the command *name* is for."""
        return self._descriptions[name]

    def help(self, names: Sequence[str]) -> str:
        """List the commands *names*."""
        return "\n".join([self._words.help, "", *(f"/{name} - {self.description(name)}" for name in names)])

    def misused(self, name: str) -> str:
        """Show by an example how the command *name* is written."""
        examples = {"add": self._words.misused_add, "remove": self._words.misused_remove}
        return examples.get(name, self._words.misused)

    def not_allowed(self) -> str:
        """Say that this person may only receive."""
        return self._words.not_allowed

    def only_privately(self) -> str:
        """Say that this is not for others' eyes."""
        return self._words.only_privately

    def expired(self) -> str:
        """Say that a button is too old."""
        return self._words.expired

    def overdue(self, text: str) -> str:
        """Say that *text* came too long ago to be carried out."""
        return self._words.overdue.format(text=clean(text))

    def not_yours(self) -> str:
        """Say that a button is for somebody else."""
        return self._words.not_yours

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
            blocks += [f"  {self._words.notes[note]}" for note in _notes_of(line) if note in self._words.notes]
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
        target = line.target
        if target is None:
            return self._words.no_target
        if target.obstacle:
            pattern = self._words.obstacles.get(target.obstacle, self._words.no_target)
            points = [pattern.format(returns=target.returns)]
        else:
            points = [self._point_of(line, level, target) for level in line.levels]
        if line.price is not None:
            points.append(self._words.price_now.format(price=price_text(line.price, line.venue)))
        return " · ".join(points)

    def _point_of(self, line: WatchLine, level: float, target: KnownTarget) -> str:
        words, venue = self._words, line.venue
        exact = target_price(target.base_price, target.sigma, level)
        orderable = orderable_price(exact, venue, Instrument.of_kind(target.kind))
        price, order = price_text(exact, venue), price_text(orderable, venue)
        details = [f"{level * target.sigma:.2%}"]
        if is_out_of_reach(exact, target.base_price, venue, target.kind):
            details.append(words.out_of_reach)
        elif order != price:
            details.append(words.order.format(price=order))
        pattern = words.point if level.is_integer() else words.odd_point
        return pattern.format(level=f"{level:g}", price=price, fall=", ".join(details))

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


def _notes_of(line: WatchLine) -> tuple[str, ...]:
    return line.target.notes if line.target else ()
