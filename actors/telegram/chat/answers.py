"""What the bot answers to commands, in Korean and English. Pure; plain text, which `wire` escapes."""

from collections.abc import Collection, Sequence
from datetime import date

from msgspec import Struct

from actors.market.money import price_text
from actors.market.prices import Instrument, is_out_of_reach, orderable_price
from actors.market.sigma import target_price
from actors.telegram.chat.misused import Misused
from actors.telegram.people.access import OPERATORS, Role
from actors.telegram.texts.alert_texts import clean
from actors.telegram.texts.facts import actor_name, note_lines, obstacle_text
from actors.telegram.texts.listing import cut_listing
from actors.words.catalogue import words_in
from actors.words.points import point_name
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
    highs: tuple[tuple[date, float], ...] = ()
    """The year's records, as in `Targets`."""
    usual_volume: int = 0
    """The shares of a usual day, as in `Targets`."""


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
    resting: frozenset[float] = frozenset()
    """The levels that have been alerted and rest for a while."""
    session_date: date | None = None
    """Of which session its targets are to be now, None where nobody says."""
    is_trading: bool = False
    """Whether its regular session is known to be on."""
    is_muted: bool = False
    """Whether alerts are held back for now, because the person wants to be spared them."""


class ActorReport(Struct, frozen=True, kw_only=True):
    """How one actor is; `state` is empty if it does not answer."""

    actor: str
    state: str = ""
    reason: str = ""
    last_progress_s: float = 0.0


class Answers:
    """The answers in one language (ko or en).

    What needs no more than its gaps filled is said at once: `answers.say("answer.not-allowed")`.
    """

    def __init__(self, language: str) -> None:
        self.words = words_in(language)
        self.say = self.words.say

    def welcome(self, name: str, *, may_add: bool) -> str:
        """Greet a person who has just come in, and say how stocks come to be watched."""
        return self.say("answer.welcome" if may_add else "answer.welcome-viewer", name=clean(name))

    def known(self, name: str) -> str:
        """Greet a person who was in already."""
        return self.say("answer.known", name=clean(name))

    def description(self, name: str) -> str:
        """Say in one line what the command *name* is for."""
        return self.say(f"command.{name}")

    def help(self, groups: Sequence[tuple[str, Sequence[str]]], *, takes_names: bool) -> str:
        """List commands by their names, group after group, and say whether a stock's name alone is one, too."""
        lines = [self.say("answer.help-of-stock" if takes_names else "answer.help")]
        for group, names in groups:
            lines += ["", self.say(f"answer.help-group.{group}")]
            lines += [f"/{name} - {self.description(name)}" for name in names]
        return "\n".join(lines)

    def misused(self, name: str, why: Misused | None = None) -> str:
        """Show by an example how the command *name* is written, after saying *why* it is shown."""
        example = self.words.say_if_known(f"command.{name}.example") or self.say("answer.misused")
        if why is None:
            return example
        expected, found = self.say(f"misused.expected.{why.expected}"), ", ".join(map(clean, why.found))
        wrong = self.say("misused.found", expected=expected, found=found) if found else ""
        return f"{wrong or self.say('misused.missing', expected=expected)}\n\n{example}"

    def not_allowed(self, who: Collection[Role]) -> str:
        """Say that this person may only receive, or that only operators may, who alone are *who*."""
        return self.say("answer.operators-only" if who == OPERATORS else "answer.not-allowed")

    def only_privately(self) -> str:
        """Say that this is not for others' eyes."""
        return self.say("answer.only-privately")

    def expired(self) -> str:
        """Say that a button is too old."""
        return self.say("answer.expired")

    def overdue(self, text: str) -> str:
        """Say that *text* came too long ago to be carried out."""
        return self.say("answer.overdue", text=clean(text))

    def not_yours(self) -> str:
        """Say that a button is for somebody else."""
        return self.say("answer.not-yours")

    def added(self, symbol: str, name: str) -> str:
        """Say that *symbol* is watched from now on."""
        return self.say("answer.added", symbol=symbol, name=clean(name))

    def watched(self, symbol: str, name: str) -> str:
        """Say that *symbol* was watched already."""
        return self.say("answer.watched", symbol=symbol, name=clean(name))

    def too_many(self, most: int, symbol: str) -> str:
        """Say that no more than *most* can be watched, with *symbol* as an example of one to remove."""
        return self.say("answer.too-many", most=most, symbol=symbol)

    def removed(self, symbol: str, name: str) -> str:
        """Say that *symbol* is watched no longer."""
        return self.say("answer.removed", symbol=symbol, name=clean(name))

    def not_watched(self, words: str, command: str) -> str:
        """Say that what *words* mean is not watched, with an example of the *command*, if it has one."""
        text = self.say("answer.not-watched", symbol=clean(words))
        example = self.words.say_if_known(f"command.{command}.example")
        return f"{text}\n\n{example}" if example else text

    def unknown(self, words: str) -> str:
        """Say that nothing is found for *words*."""
        return self.say("answer.unknown", words=clean(words))

    def choose(self) -> str:
        """Ask which stock is meant; the choices are on buttons."""
        return self.say("answer.choose")

    def try_again(self) -> str:
        """Say that analyst could not be asked."""
        return self.say("answer.try-again")

    def watch_list(self, lines: Sequence[WatchLine], *, may_add: bool = True) -> str:
        """Show what is watched, with targets and price as far as they are known."""
        if not lines:
            return self.say("answer.empty" if may_add else "answer.empty-viewer")
        title = self.say("answer.list-title", count=len(lines))
        return cut_listing("\n\n".join([title, *map(self.stock, lines)]), self.say("answer.more"), "\n\n")

    def stock(self, line: WatchLine) -> str:
        """Show one stock: its price, how far away its targets are, and what must be known of it today."""
        name = clean(line.name) or line.symbol
        price = "" if line.price is None else f" {price_text(line.price, line.venue, self.words.language)}"
        muted = f" 🔕 {self.say('answer.muted')}" if line.is_muted else ""
        lines = [*self._targets_of(line), *note_lines(_notes_of(line), self.words)]
        return "\n".join([f"• {name} ({line.symbol}){price}{muted}", *(f"  {each}" for each in lines)])

    def status(self, reports: Sequence[ActorReport], waiting: int) -> str:
        """Show how every actor is, and how many deliveries are *waiting*."""
        lines = [self._report_line(report) for report in reports]
        is_well = all(report.state == "running" for report in reports)
        title = self.say("answer.all-well" if is_well else "answer.not-well")
        if waiting:
            lines.append(self.words.say_count("answer.waiting", waiting))
        return "\n".join([title, "", *lines])

    def _targets_of(self, line: WatchLine) -> list[str]:
        target = line.target
        if target is None:
            return [self.say("fact.no-target")]
        if target.obstacle:
            return [obstacle_text(target.obstacle, target.returns, self.words)]
        points = [self._point_of(line, level, target) for level in line.levels]
        return [*self._day_of(target, line.session_date), *points]

    def _day_of(self, target: KnownTarget, wanted: date | None) -> list[str]:
        """Say so where the targets are still those of a session that is over."""
        if wanted is None or wanted == target.session_date:
            return []
        was, now = (f"{on.month}/{on.day}" for on in (target.session_date, wanted))
        return [self.say("answer.earlier-targets", was=was, now=now)]

    def _point_of(self, line: WatchLine, level: float, target: KnownTarget) -> str:
        words, venue = self.words, line.venue
        exact = target_price(target.base_price, target.sigma, level)
        orderable = orderable_price(exact, venue, Instrument.of_kind(target.kind))
        price, order = (price_text(each, venue, words.language) for each in (exact, orderable))
        details = [words.say("answer.from-close", change=f"{-level * target.sigma:+.2%}")]
        is_forbidden = is_out_of_reach(exact, target.base_price, venue, target.kind)
        if is_forbidden:
            details.append(words.say("fact.out-of-reach"))
        elif order != price:
            details.append(words.say("answer.order", price=order))
        point = words.say(
            "answer.point",
            point=point_name(level, words),
            price=price,
            fall=", ".join(details),
        )
        return point if is_forbidden else " · ".join([point, *self._standing_of(line, level, exact)])

    def _standing_of(self, line: WatchLine, level: float, target: float) -> list[str]:
        """Return how far away a target is, and whether it rests."""
        if level in line.resting:
            return [self.say("answer.resting")]
        if line.price is None:
            return []
        if line.price <= target:
            return [self.say("answer.reached")]
        return [self.say("answer.away", distance=f"{1 - target / line.price:.2%}")]

    def _report_line(self, report: ActorReport) -> str:
        name = actor_name(report.actor, self.words)
        match report.state:
            case "":
                return f"❌ {name}: {self.say('answer.silent')}"
            case "running":
                return f"✅ {name}: {self._since(report.last_progress_s)}"
            case "starting":
                return f"⚠️ {name}: {self.say('answer.starting')}"
            case "stopping":
                return f"⚠️ {name}: {self.say('answer.stopping')}"
            case _:
                return f"⚠️ {name}: {self.say('answer.ill', reason=clean(report.reason) or report.state)}"

    def _since(self, seconds: float) -> str:
        """Return how long ago somebody was last at work, as people say it."""
        if seconds < MINUTE_S:
            return self.say("answer.now")
        if seconds < HOUR_S:
            return self.say("answer.minutes", count=int(seconds // MINUTE_S))
        return self.say("answer.hours", count=int(seconds // HOUR_S))


def _notes_of(line: WatchLine) -> tuple[str, ...]:
    return line.target.notes if line.target else ()
