"""What a rule is in the words of the person who has it, for answers and alerts. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from actors.ledger.rows import AlertRow
from actors.market.money import price_text
from actors.market.thresholds import high_of, reference_price, threshold_price
from actors.market.volumes import FEWEST_DAYS
from actors.telegram.chat.answers import KnownTarget
from actors.telegram.people.own_rules import OwnRule, SigmaLevel
from actors.telegram.people.person import Watch
from actors.telegram.texts.alert_texts import clean
from actors.telegram.texts.conditions import condition_text, reached_text, threshold_text
from actors.telegram.texts.listing import cut_listing
from actors.words.catalogue import Words
from protocol.rules import Direction, Repetition, RuleKind

__all__ = ["Known", "RuleTexts"]

MINUTE_S = 60.0


class Known(Struct, frozen=True, kw_only=True):
    """What is known of the stock of a rule, and of the rule itself."""

    watch: Watch
    target: KnownTarget | None = None
    price: float | None = None
    """The price now."""
    stages: Mapping[str, str] = {}
    """Where rules are in their lives, by rule id, as evaluator says."""

    def without_stage(self, rule_id: str) -> "Known":
        """Return the same, where a rule has just begun anew: evaluator had spoken of what it was before."""
        return replace(self, stages={each: stage for each, stage in self.stages.items() if each != rule_id})

    @property
    def price_or_base(self) -> float:
        """The price now, or else the base price; 0.0 where neither is known."""
        return self.price or (self.target.base_price if self.target else 0.0)


class RuleTexts:
    """The answers about rules in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def put(self, rule: OwnRule, known: Known, *, is_guessed: bool = False) -> str:
        """Say back what is waited for from now on, and the price now; of a guessed side, how to say the other."""
        lines = [self._words.say("rule.put"), "", self._stock(known.watch), f"  {self._rule(rule, known)}"]
        if known.price is not None:
            price = price_text(known.price, known.watch.venue, self._words.language)
            lines.append(f"  {self._words.say('answer.price-now', price=price)}")
        if is_guessed:
            level = price_text(rule.level, known.watch.venue, self._words.language)
            lines += ["", self._words.say("rule.guessed-below", symbol=known.watch.symbol, level=level)]
        if rule.kind is RuleKind.VOLUME and not known.watch.venue.is_korean:
            lines += ["", self._words.say("rule.volume-of-one-exchange")]
        return "\n".join([*lines, "", self._words.say("rule.how-to-stop", number=rule.number)])

    def is_there(self, rule: OwnRule, known: Known) -> str:
        """Say that *rule* is waited for already, as it was asked for."""
        lines = [self._words.say("rule.is-there"), "", self._stock(known.watch), f"  {self._rule(rule, known)}"]
        return "\n".join([*lines, "", self._words.say("rule.how-to-stop", number=rule.number)])

    def reached_already(self, rule: OwnRule, known: Known, asked: str) -> str:
        """Say that the price is beyond the threshold now, and what comes of that; empty if it is not so.

        Args:
            rule: what is waited for.
            known: what is known of its stock.
            asked: what stands behind /alert, but for how long it rests.
        """
        if not self._is_reached(rule, known):
            return ""
        if rule.repetition is not Repetition.REST:
            return self._words.say(f"rule.reached-already-{rule.repetition.value}.{rule.direction.value}")
        every = self._every(rule) or self._words.say("rule.every-few")
        return self._words.say(f"rule.reached-already.{rule.direction.value}", every=every, asked=clean(asked))

    def listing(self, rules: Sequence[OwnRule], known: Mapping[str, Known]) -> str:
        """Show all rules of a person; *known* by symbol."""
        if not rules:
            return self._words.say("rule.none")
        lines = [self._words.say_count("rule.list-title", len(rules))]
        lines.append(self._words.say("rule.how-to-stop", number=rules[-1].number))
        for symbol, each in known.items():
            own = [rule for rule in rules if rule.symbol == symbol]
            if own:
                lines += ["", self._stock(each.watch), *(f"  {self._rule(rule, each)}" for rule in own)]
        return cut_listing("\n".join(lines), self._words.say("rule.more"))

    def changed(self, key: str, rule: OwnRule, known: Known) -> str:
        """Say that a rule is `paused`, `resumed`, `begun-anew` or `deleted`."""
        condition, stock = self.condition(rule, known), self._stock(known.watch)
        said = self._words.say(f"rule.done.{key}", stock=stock, condition=condition, number=rule.number)
        may_be_over = key == "resumed" and rule.repetition in {Repetition.ONCE, Repetition.SESSION}
        over = self._words.say(f"rule.may-be-over.{rule.repetition.value}", number=rule.number) if may_be_over else ""
        return f"{said}\n\n{over}".rstrip()

    def levels(self, stock: str, levels: Sequence[SigmaLevel], *, has_changed: bool) -> str:
        """Say at which σ levels *stock*, or all, alerts from now on, or that it does so already."""
        if not levels:
            return self._words.say("rule.levels-off" if has_changed else "rule.levels-off-already", stock=stock)
        told = " · ".join(map(self._level, levels))
        return self._words.say("rule.levels" if has_changed else "rule.levels-already", stock=stock, levels=told)

    def present_levels(self, watched: Sequence[Watch], rules: Sequence[OwnRule]) -> str:
        """Say at which σ levels each of *watched* alerts by *rules*, those of one person."""
        lines = [self._words.say("rule.levels-now"), ""]
        for watch in watched:
            own = [rule for rule in rules if rule.symbol == watch.symbol and rule.kind is RuleKind.SIGMA]
            levels = [self._paused(rule, self._level(SigmaLevel(rule.level, rule.direction))) for rule in own]
            lines.append(f"• {self._stock(watch)}: {' · '.join(levels) or self._words.say('rule.no-levels')}")
        return cut_listing("\n".join(lines), self._words.say("rule.more"))

    def _level(self, level: SigmaLevel) -> str:
        kind, amount = RuleKind.SIGMA, f"{level.level:g}"
        return self._words.say(f"rule.condition.{kind.value}.{level.direction.value}", amount=amount, reference="")

    def _paused(self, rule: OwnRule, text: str) -> str:
        return f"{text} {self._words.say('rule.stage.paused')}" if rule.is_paused else text

    def stock(self, watch: Watch | None) -> str:
        """Name a stock; None is all that are watched, and those that will be."""
        return self._words.say("rule.all-stocks") if watch is None else self._stock(watch)

    def no_such(self, number: int) -> str:
        """Say that there is no rule of that *number*."""
        return self._words.say("rule.no-such", number=number)

    def is_an_alert(self, alert: AlertRow, behind: OwnRule | None) -> str:
        """Say that what was taken for the number of a rule is that of an *alert*, and what to send of either.

        Args:
            alert: which came to the person.
            behind: the rule that raised it, None if the person has it no more.
        """
        name, number = clean(alert.name) or alert.symbol, alert.number
        point = reached_text(alert, self._words)
        lines = [self._words.say("rule.is-an-alert", number=number, name=name, point=point)]
        if behind is not None:
            lines.append(self._words.say("rule.is-an-alert-of", number=behind.number))
        return "\n".join(lines)

    def too_many(self, most: int) -> str:
        """Say that one may have so many."""
        return self._words.say("rule.too-many", most=most)

    def not_a_year(self, on: date) -> str:
        """Say that the high since *on* is not known."""
        return self._words.say("rule.not-a-year", on=on)

    def over(self, rule: OwnRule, known: Known, example: str) -> str:
        """Say that the last day of *rule* is over, and how it gets another, such as the *example*."""
        return self._words.say(
            "rule.over",
            stock=self._stock(known.watch),
            condition=self.condition(rule, known),
            on=rule.expires_on,
            number=rule.number,
            example=example,
        )

    def past(self, on: date) -> str:
        """Say that a rule cannot end on a day that is over."""
        return self._words.say("rule.past", on=on)

    def numbered(self, rule: OwnRule, known: Known) -> str:
        """Say what a rule waits for, behind the number by which it is paused."""
        return self._words.say("rule.numbered", number=rule.number, condition=self.condition(rule, known))

    def labelled(self, rule: OwnRule, known: Known) -> str:
        """Say on a button which rule is meant."""
        return f"{clean(known.watch.name) or rule.symbol} · {self.condition(rule, known)}"

    def condition(self, rule: OwnRule, known: Known) -> str:
        """Say what a rule waits for, and the price or the shares that this means today."""
        venue = known.watch.venue
        text = condition_text(rule, self._reference(rule, known), venue, self._words)
        threshold = 0.0 if rule.kind is RuleKind.PRICE else self._threshold(rule, known)
        return f"{text} ({threshold_text(rule.kind, threshold, venue, self._words)})" if threshold else text

    def _stock(self, watch: Watch) -> str:
        return f"{clean(watch.name) or watch.symbol} ({watch.symbol})"

    def _rule(self, rule: OwnRule, known: Known) -> str:
        parts = [self.numbered(rule, known)]
        if rule.repetition is Repetition.CROSSING:
            parts.append(self._words.say(f"rule.repetition.crossing.{rule.direction.value}"))
        elif rule.repetition is not Repetition.REST:
            parts.append(self._words.say(f"rule.repetition.{rule.repetition.value}"))
        elif rule.rest_s:
            parts.append(self._every(rule))
        if rule.high_since is not None:
            parts.append(self._words.say("rule.since", on=rule.high_since))
        if rule.expires_on is not None:
            parts.append(self._words.say("rule.until", on=rule.expires_on))
        stage = "paused" if rule.is_paused else known.stages.get(rule.id, "")
        has_no_usual = rule.kind is RuleKind.VOLUME and known.target is not None and not known.target.usual_volume
        if has_no_usual and not rule.is_paused:
            return " · ".join([*parts, self._words.say("rule.volume-unknown", days=FEWEST_DAYS)])
        if said := self._words.say_if_known(f"rule.stage.{stage.replace(' ', '-')}"):
            parts.append(said)
        return " · ".join(parts)

    def _every(self, rule: OwnRule) -> str:
        """Say how long *rule* rests, empty where nobody has said."""
        return self._words.say_count("rule.every", round(rule.rest_s / MINUTE_S)) if rule.rest_s else ""

    def _reference(self, rule: OwnRule, known: Known) -> float:
        target = known.target
        return reference_price(
            rule.kind,
            level=rule.level,
            base_price=target.base_price if target else 0.0,
            paid=rule.paid,
            high=high_of(rule.kind, rule.high_since, target.highs) if target else 0.0,
            usual_volume=target.usual_volume if target else 0,
        )

    def _is_reached(self, rule: OwnRule, known: Known) -> bool:
        """Say whether the price is known, and at the threshold of *rule* or beyond; how much is traded nobody told."""
        threshold = rule.level if rule.kind is RuleKind.PRICE else self._threshold(rule, known)
        if rule.kind is RuleKind.VOLUME or not known.price or not threshold:
            return False
        return known.price <= threshold if rule.direction is Direction.BELOW else known.price >= threshold

    def _threshold(self, rule: OwnRule, known: Known) -> float:
        """Return the price, or the shares, that *rule* is reached at, 0.0 where it is not known."""
        target, reference = known.target, self._reference(rule, known)
        sigma = target.sigma if target and not target.obstacle else 0.0
        if reference <= 0 or (rule.kind is RuleKind.SIGMA and not sigma):
            return 0.0
        return threshold_price(rule.kind, rule.direction, rule.level, reference=reference, sigma=sigma)
