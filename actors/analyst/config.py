"""What an operator may set for analyst."""

from datetime import time
from typing import Annotated, Literal

from msgspec import Meta, Struct

from actors.market.schedule import Step, StepPlan
from actors.market.sigma import MINIMUM_RETURNS, MONTHS_IN_A_YEAR, SigmaRule
from protocol.messages import Market

__all__ = ["AnalystConfig"]

Seconds = Annotated[float, Meta(gt=0)]
Percent = Annotated[float, Meta(ge=0, le=10)]

_DAY = (
    StepPlan(market=Market.KRX, step=Step.REPORT, minutes=10),
    StepPlan(market=Market.KRX, step=Step.SELF_TEST, minutes=5),
    StepPlan(market=Market.KRX, step=Step.CLOSING, minutes=10),
    StepPlan(market=Market.KRX, step=Step.WEEK, minutes=300),
    StepPlan(market=Market.US, step=Step.REPORT, minutes=30),
    StepPlan(market=Market.US, step=Step.SELF_TEST, minutes=5),
    StepPlan(market=Market.US, step=Step.CLOSING, minutes=10, not_before=time(7)),
    StepPlan(market=Market.US, step=Step.WEEK, minutes=300),
)


class AnalystConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[analyst]`."""

    source: Literal["kis", "fdr", "csv"] = "kis"
    """Where daily bars come from: `kis`, KIS REST; `fdr`, FinanceDataReader; `csv`, files. The last two need no key and
    tell no base price."""
    csv_dir: str = "bars"
    """Where the files SYMBOL.csv lie with the source `csv`, in the data folder unless absolute; their first line is
    date,open,high,low,close,volume."""
    history_years: Annotated[float, Meta(ge=1.1, le=20)] = 1.5
    """How many years of bars are read. σ takes the last one; half a year before it, the chart's 120-day average."""
    look_back_months: Annotated[int, Meta(ge=1, le=120)] = MONTHS_IN_A_YEAR
    """Over how many calendar months σ is taken, up to the previous session."""
    returns: Literal["simple", "log"] = "simple"
    """What a daily return is: `simple`, the ratio of two closes less one; `log`, the logarithm of that ratio."""
    minimum_returns: Annotated[int, Meta(ge=2)] = MINIMUM_RETURNS
    """Fewer daily returns than these make no σ, and so no target."""
    most_missed_sessions: Annotated[int, Meta(ge=1)] = 5
    """After so many sessions without a trade there is no target for the next one: what a halted stock resumes at is
    nobody's guess."""
    settle_before_open_min: Annotated[float, Meta(ge=0, le=240)] = 40.0
    """How long before the regular session the exchange's own base price is taken for that day's, minutes."""
    retry_first_s: Seconds = 2.0
    """After the first failure of a symbol, how long until the next try at most, seconds; it doubles."""
    retry_most_s: Seconds = 120.0
    """What that delay doubles up to, seconds."""
    look_again_s: Seconds = 1800.0
    """When the source lacks the last session's bar (not yet there, or the stock did not trade), it is asked again,
    seconds."""
    renewed_at: time = time(8, 0)
    """From when on the master files are the new day's, Seoul time: each is read once a day."""
    open_days_at: time = time(7, 0)
    """From when on KIS is asked on which days Korea trades, once a day, Seoul time; with the source `kis` only."""
    worker_deadline_s: Seconds = 60.0
    """How long FinanceDataReader, or a back test, may take for one symbol before its process is killed, seconds."""
    worker_idle_s: Seconds = 600.0
    """After how long without work such a process is let go, seconds."""
    korean_fee_percent: Percent = 0.015
    """What a broker takes of a purchase or a sale in Korea, for back tests, percent."""
    korean_sale_tax_percent: Percent = 0.2
    """What the state takes of a sale of Korean shares (not of ETFs) since 2026, for back tests, percent."""
    us_fee_percent: Percent = 0.25
    """What a broker takes of a purchase or a sale in the US, for back tests, percent."""

    day: tuple[StepPlan, ...] = _DAY
    """The steps of a day, in minutes before the regular session's open or after its close; what is left out is not
    done."""

    def __post_init__(self) -> None:
        """Refuse a look-back that is longer than what is read, and a step that is to be done twice a day.

        Raises:
            ValueError: naming what does not fit.
        """
        steps = [f"{plan.market.value} {plan.step.value}" for plan in self.day]
        twice = [step for step in steps if steps.count(step) > 1]
        if twice:
            message = f"expected each step of a market's day once, found {twice[0]} twice"
            raise ValueError(message)
        if self.look_back_months > self.history_years * MONTHS_IN_A_YEAR:
            found = f"{self.history_years:g} years and {self.look_back_months} months"
            message = f"expected history_years that hold look_back_months, found {found}"
            raise ValueError(message)

    @property
    def sigma_rule(self) -> SigmaRule:
        """How σ is taken."""
        return SigmaRule(
            look_back_months=self.look_back_months,
            has_log_returns=self.returns == "log",
            minimum_returns=self.minimum_returns,
        )
