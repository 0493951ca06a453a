"""What an operator may set about the simulated world: the table `[simulator]`.

The defaults are the demo: a trading day of November 2025 in which 122630 falls to its 1σ target within seconds. Keys
and token are no secrets, nothing outside this machine knows them.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from actors.runtime.config import SimulatorKeys

__all__ = ["DEMO_SYMBOLS", "SimulatedPerson", "SimulatorConfig", "SymbolProfile"]

_KEYS = SimulatorKeys()

Port = Annotated[int, Meta(ge=0, le=65535)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
RecordsPerFrame = Annotated[int, Meta(ge=1, le=20)]


class SymbolProfile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one symbol behaves in the simulated market."""

    code: Annotated[str, Meta(min_length=1, max_length=12)]
    """The venue's code: `005930`, `SOXL`."""
    name: str
    """What people call it."""
    venue: Literal["KRX", "NASDAQ", "NYSE", "AMEX"] = "KRX"
    """Decides session, currency and tick sizes."""
    kind: Literal["share", "etf"] = "share"
    """Korean tick sizes differ: an ETF moves in 5 won, below 2,000 in 1."""
    base_price: Positive
    """The previous close on the world's first day, won or dollars."""
    sigma: Annotated[float, Meta(gt=0, lt=0.2)]
    """Sample standard deviation of daily returns over the year before the first day, a fraction."""
    trades_per_second: NotNegative = 2.0
    """Trades in a real second, unless the whole market's rate is set."""
    average_volume: Annotated[int, Meta(gt=0)] = 2_000_000
    """Shares on a usual day."""
    drift: list[tuple[float, float]] = []
    """Where the price is, in σ from the base price, at so many world seconds after the open; lines in between."""
    wander_center: float = 0.0
    """Around which value, in σ, the price wanders after the drift."""
    wander_sigma: NotNegative = 1.0
    """How far it wanders, in σ."""
    wander_s: Positive = 900.0
    """The shortest of the periods in which it wanders, world seconds."""
    half_step_one_in: Annotated[int, Meta(ge=1)] = 64
    """One trade in so many prints at half a step, as mid-point orders do."""
    nxt: bool = False
    """Whether NXT lists it, too: a Korean share with trades of its own on H0NXCNT0."""
    flng_cls_code: Literal["00", "01", "02", "03", "04", "05", "06", "07"] = "00"
    """What the first day is: 00 ordinary, 01 ex-rights, 02 ex-dividend, 03 to 07 as KIS lists them."""
    marks: Annotated[str, Meta(pattern=r"^[YN]{3}\Z")] = "NNN"
    """What its master file says of it: halted, in liquidation trading, an administrative issue."""
    base_ratio: Positive = 1.0
    """Base price of the first day by the traded close before it: other than 1 where the exchange has set it anew."""
    listed_sessions: Annotated[int, Meta(ge=0)] | None = None
    """On how many sessions before the first day it was listed; without a number, for as many years as somebody asks."""
    untraded_sessions: Annotated[int, Meta(ge=0)] = 0
    """How many sessions up to the first day it was halted on: they have rows without a trade."""


DEMO_SYMBOLS = [
    SymbolProfile(
        code="122630",
        name="KODEX 레버리지",
        kind="etf",
        base_price=72_665,
        sigma=0.01417,
        trades_per_second=4.0,
        average_volume=9_000_000,
        drift=[(0, -0.3), (2, -0.8), (4, -1.06), (45, -1.5), (60, -2.04), (80, -2.15), (300, -0.8)],
        wander_center=-0.8,
    ),
    SymbolProfile(
        code="498400",
        name="KODEX 200타겟위클리커버드콜",
        kind="etf",
        base_price=12_230,
        sigma=0.00861,
        trades_per_second=1.0,
        average_volume=3_000_000,
        drift=[(0, 0.2), (90, -0.4), (150, -1.08), (400, -0.3)],
        wander_center=-0.4,
    ),
    SymbolProfile(
        code="005930",
        name="삼성전자",
        base_price=103_500,
        sigma=0.01893,
        trades_per_second=5.0,
        average_volume=16_000_000,
        drift=[(0, 0.4), (25, -0.3), (35, -1.07), (120, -1.3), (420, 0.2)],
        wander_center=-0.5,
    ),
    SymbolProfile(
        code="000660",
        name="SK하이닉스",
        base_price=544_000,
        sigma=0.03127,
        trades_per_second=4.0,
        average_volume=4_000_000,
        drift=[(0, 0.6), (120, 0.9), (240, -1.05), (330, -2.04), (600, -0.6)],
        wander_center=-0.4,
    ),
    SymbolProfile(
        code="SOXL",
        name="Direxion Daily Semiconductor Bull 3X",
        venue="AMEX",
        kind="etf",
        base_price=41.27,
        sigma=0.06184,
        trades_per_second=3.0,
        average_volume=80_000_000,
        drift=[(0, -0.2), (20, -1.05), (180, -2.03), (600, -0.7)],
        wander_center=-0.6,
    ),
    SymbolProfile(
        code="TQQQ",
        name="ProShares UltraPro QQQ",
        venue="NASDAQ",
        kind="etf",
        base_price=53.94,
        sigma=0.03862,
        trades_per_second=3.0,
        average_volume=70_000_000,
        drift=[(0, 0.3), (60, -0.6), (120, -1.06), (600, -0.2)],
        wander_center=-0.4,
    ),
]
"""The demo's market: each symbol reaches its targets in its own way, 122630 first."""


class SimulatedPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person with a phone in the simulated world."""

    chat_id: int
    """The private chat with the bot, which is also the person's Telegram id."""
    name: str
    """As Telegram shows it."""


class SimulatorConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[simulator]`."""

    enabled: bool = False
    """Whether the world is played; when false, the simulator's program ends at once with exit code 0."""
    host: str = "127.0.0.1"
    """Where it listens; it has no protection, so keep it on loopback."""
    rest_port: Port = 28443
    """KIS REST, and the simulator's own orders under /simulator. 0: any free port."""
    ws_port: Port = 28100
    """KIS WebSocket. 0: any free port."""
    telegram_port: Port = 28081
    """Telegram Bot API. 0: any free port."""
    ntfy: bool = False
    """Whether there is an ntfy server, too."""
    ntfy_port: Port = 28586
    """ntfy, if there is one. 0: any free port."""
    app_key: str = _KEYS.app_key
    """The only appkey that the simulated KIS knows, unless `more_app_keys` names others."""
    app_secret: str = _KEYS.app_secret
    """The secret that belongs to every simulated appkey."""
    more_app_keys: list[str] = []
    """Further appkeys, each with a session of its own."""
    bot_token: str = _KEYS.bot_token
    """The token of the simulated bot."""

    seed: int = 1
    """From which everything random is made."""
    start: str = "2025-11-28T09:00:00+09:00"
    """When the world begins, an ISO instant with offset. Later lives of supervisord go on, a trading day each."""
    speed: Positive = 1.0
    """World seconds in a real second."""
    symbols: list[SymbolProfile] = field(default_factory=lambda: list(DEMO_SYMBOLS))
    """The market's symbols."""
    symbols_generated: Annotated[int, Meta(ge=0, le=500)] = 0
    """So many more Korean symbols, made from the seed, that cross their targets often."""
    trades_per_second: NotNegative = 0.0
    """Trades of the whole market in a real second, evenly over the open symbols; 0: each by its profile."""
    records_per_frame_least: RecordsPerFrame = 1
    """The fewest trades that come in one go, and so in one frame."""
    records_per_frame_most: RecordsPerFrame = 3
    """The most trades that come in one go."""
    fields: Annotated[int, Meta(ge=46, le=48)] = 47
    """Fields of a Korean trade record: 46 until 2026-09-13, 47 since, 48 is made up."""
    closed_days: dict[str, list[str]] = {}
    """Further closed days, ISO dates, by `KRX` or `US`."""
    record_trades: bool = True
    """Whether every trade is written to simulator/trades.jsonl in the data folder."""
    journal_mb: Positive = 512.0
    """Size above which a journal is set aside when the simulator starts, megabytes."""

    max_registrations: Annotated[int, Meta(ge=1)] = 41
    """Registrations of one session; the next is refused with OPSP0008."""
    second_session: Literal["refuse", "takeover"] = "refuse"
    """What happens to a second session of an appkey: OPSP8996, or it takes the slot."""
    close_when_in_use: bool = False
    """Whether a session that was refused with OPSP8996 is closed, without a close frame."""
    slot_busy_s: NotNegative = 0.0
    """How long the slot of a session that ended without a close frame stays taken, real seconds."""
    slot_busy_renewed: bool = False
    """Whether each refused try lets a taken slot stay taken for that long again."""
    tries_until_invalid: Annotated[int, Meta(ge=0)] = 0
    """After so many tries that were refused with OPSP8996 the approval key is unknown; 0: never."""
    hts_id: Annotated[str, Meta(pattern=r"^[0-9A-Za-z]{1,16}\Z")] = "simulated"
    """The owner's HTS id, the key of notices about his orders."""
    pingpong_after_s: Positive = 10.0
    """Silence after which a PINGPONG is sent, real seconds."""
    pingpong_cut_s: Positive = 100.0
    """An unanswered PINGPONG ends the session after this, real seconds."""
    send_buffer_mb: Positive = 32.0
    """What may wait for a client that does not read, megabytes; above it, the session is cut."""
    rest_calls_per_second: Annotated[int, Meta(ge=1)] = 18
    """REST calls in a real second; more are refused with EGW00201."""
    token_once_a_minute: bool = True
    """Whether an access token asked for twice in a real minute is refused with EGW00133."""
    approval_once_a_second: bool = False
    """Whether an approval key asked for twice in a real second is refused, with HTTP 403 and EGW00201."""

    faults: str = ""
    """A script of faults, JSON lines (docs/simulator.md); relative to the folder above `conf/`."""
    telegram_faults: str = ""
    """A script of Telegram's faults, JSON lines (docs/ledger.md); relative to the folder above `conf/`."""
    telegram_rate_limits: bool = False
    """Whether the simulated Telegram refuses floods with 429, as the real one does."""
    people: list[SimulatedPerson] = field(default_factory=lambda: [SimulatedPerson(chat_id=1001, name="데모")])
    """Who has started the bot before the world began."""
    recording: str = ""
    """Recorded frames or a recorded day's folder, played for the market; relative to the folder above `conf/`."""
    recording_date: str = ""
    """Which session date of the recording, ISO; empty: the first, then one further with each life of supervisord."""
