"""What can be typed after `sigmactl`. Functions stand as text, so that nothing is imported before it is needed."""

import argparse
from datetime import date

__all__ = ["build_parser"]

ROLES = ("operator", "member", "viewer")
SESSIONS = ("krx-regular", "krx-after", "nxt", "us-regular", "us-pre", "us-after")
"""What `actors.market.choices` knows."""
FEWEST_YEARS, MOST_YEARS = 0.1, 15.0
"""Of a back test, as analyst has them."""
STOCK = "a code or a name, such as 005930, TQQQ or 삼성전자"
EPILOG = "Exit codes: 0 all is well, 1 it is not, 2 wrong usage, 78 wrong configuration."


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; `run` of what it parsed is `module:function` of what carries it out."""
    parser = argparse.ArgumentParser(
        prog="sigmactl", description="Look at Sigmabell and tell it what to do.", epilog=EPILOG
    )
    _add_common(parser)
    commands = _Commands(parser.add_subparsers(required=True, metavar="COMMAND"))
    _add_actor_commands(commands)
    _add_log_commands(commands)
    _add_market_commands(commands)
    _add_kis_commands(commands)
    _add_set_up_commands(commands)
    return parser


class _Commands:
    """Subcommands that all know `--json` and `--conf`."""

    def __init__(self, subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
        self._subparsers = subparsers

    def add(self, name: str, run: str, text: str, *, endless: bool = False) -> argparse.ArgumentParser:
        """Add command *name*, carried out by `actors.ctl.` *run*; *endless* if Ctrl-C is its good end."""
        parser = self._subparsers.add_parser(name, help=text, description=text, epilog=EPILOG)
        _add_common(parser)
        parser.set_defaults(run=f"actors.ctl.{run}", endless=endless)
        return parser

    def group(self, name: str, text: str) -> "_Commands":
        """Add a command *name* that has commands of its own."""
        parser = self._subparsers.add_parser(name, help=text, description=text, epilog=EPILOG)
        return _Commands(parser.add_subparsers(required=True, metavar="COMMAND"))


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON for programs")
    parser.add_argument(
        "--conf",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="configuration file (default: $SIGMABELL_CONF, else what runs here, else conf/sigmabell.toml)",
    )


def _add_actor_commands(commands: _Commands) -> None:
    commands.add("status", "status:show_status", "every actor and how it is; exit 0 only when all are running")
    ping = commands.add("ping", "control:ping", "ask actors for a sign of life")
    ping.add_argument("actor", nargs="?", metavar="ACTOR", help="such as feed (default: all)")
    restart = commands.add(
        "restart", "restart:restart_one", "stop an actor gracefully, start it, wait until it answers"
    )
    restart.add_argument("actor", metavar="ACTOR")
    commands.add(
        "reload",
        "restart:restart_all",
        "restart all actors gracefully, one after the other: a change of conf/ counts (/reload in the chat restarts "
        "nothing: it has names, targets and rules read anew)",
    )
    send = commands.add("send", "control:send", "send a control question and print the answer")
    send.add_argument("actor", metavar="ACTOR")
    example = """'{"command": "ping"}' or '{"command": "recompute", "arguments": {"symbol": "005930"}}'"""
    send.add_argument("question", metavar="JSON", help=f"such as {example}")
    feed = commands.group("feed", "commands for feed")
    feed.add("reconnect", "control:reconnect_feed", "close the connection to KIS and open another")
    feed.add("gaps", "gaps:show_gaps", "what was not seen since feed was started, and what became of it")


def _add_log_commands(commands: _Commands) -> None:
    logs = commands.add("logs", "logs:show_logs", "what the actors have logged", endless=True)
    logs.add_argument("actor", nargs="?", metavar="ACTOR", help="default: all")
    logs.add_argument("-f", "--follow", action="store_true", help="go on until Ctrl-C")
    logs.add_argument(
        "-n", "--lines", type=_count, default=50, metavar="N", help="how many lines of the past (default: 50)"
    )
    tail = commands.add("tail", "tail:show_messages", "live messages until Ctrl-C", endless=True)
    tail.add_argument(
        "streams",
        nargs="*",
        metavar="STREAM",
        help="such as trades, targets or events (default: all but heartbeat)",
    )
    tail.add_argument("--seconds", type=_seconds, metavar="N", help="end after so long")


def _add_market_commands(commands: _Commands) -> None:
    commands.add("targets", "views:show_targets", "the prices that are waited for, and how far away they are")
    recompute = commands.add(
        "recompute", "recompute:recompute", "read daily bars again and make targets anew, for all or one"
    )
    recompute.add_argument("code", nargs="?", default="", metavar="STOCK", help=f"{STOCK} (default: all watched)")
    alerts = commands.add("alerts", "views:show_alerts", "alerts and what became of them, newest last")
    alerts.add_argument("-n", "--last", type=_count, metavar="N", help="only the last so many")
    alerts.add_argument(
        "--outcomes", action="store_true", help="how the price had changed 1, 5 and 20 sessions later, where known"
    )
    why = commands.add("why", "why:show_why", "how one alert came about, from the trade to the phone, step by step")
    why.add_argument("alert", metavar="ALERT", help="its number or id, as `sigmactl alerts` shows them")
    explain = commands.add("explain", "explain:show_explanation", "why there is no alert of a stock")
    explain.add_argument("code", type=_words, metavar="STOCK", help=STOCK)
    backtest = commands.add("backtest", "backtest:show_back_test", "would it have paid to buy at the targets?")
    backtest.add_argument("code", type=_words, metavar="STOCK", help=STOCK)
    backtest.add_argument("--years", type=_years, default=5.0, metavar="N", help="how far back, 0.1 to 15 (default: 5)")
    backtest.add_argument("--plot", metavar="FILE", help="have chart draw it, too, as PNG")
    report = commands.add("report", "report:show_report", "what somebody waits for today, as the daily report tells it")
    report.add_argument("person", nargs="?", default="", metavar="NAME", help="name or number (default: the operator)")
    report.add_argument("--send", action="store_true", help="send it to that person, too, with its sheet of charts")
    find = commands.add(
        "find", "find:show_found", "which instruments a code, a name or its initial consonants may mean"
    )
    find.add_argument(
        "words", nargs="+", type=_words, metavar="WORDS", help="such as 삼성전자, ㅅㅅㅈㅈ, apple or 005930"
    )
    people = commands.group("people", "who is there, what somebody may, and what may alert whom")
    people.add("list", "people:show_people", "everybody, with role, sessions and symbols")
    people.add("check", "people:show_channels", "whether each channel, such as ntfy, is there: ✅ or ❌ and the remedy")
    sessions = people.add("sessions", "people:choose_sessions", "let these sessions alert a person, and no others")
    sessions.add_argument("person", metavar="NAME", help="name or number")
    sessions.add_argument("sessions", nargs="+", choices=SESSIONS, metavar="SESSION", help=", ".join(SESSIONS))
    role = people.add("role", "people:give_role", "let a person be an operator, a member or a viewer")
    role.add_argument("person", metavar="NAME", help="name or number")
    role.add_argument("role", choices=ROLES)
    for name, run, text in (
        ("add", "add_person", "take somebody in who is not on Telegram; his stocks you add with `sigmactl add`"),
        ("reach", "reach", "reach a person by another channel, too"),
        ("unreach", "unreach", "reach a person by a channel no longer"),
    ):
        way = people.add(name, f"people:{run}", text)
        way.add_argument("person", metavar="NAME", help="the new person's name" if name == "add" else "name or number")
        way.add_argument("channel", metavar="CHANNEL", help="one that is switched on in conf/, such as ntfy")
        if name != "unreach":
            help_text = "where, such as a topic of ntfy (default: one that nobody guesses)"
            way.add_argument("address", nargs="?", default="", metavar="ADDRESS", help=help_text)
    remove = people.add("remove", "people:remove_person", "let a person be a stranger again, who gets nothing")
    remove.add_argument("person", metavar="NAME", help="name or number")
    invite = commands.add("invite", "invite:invite", "a code that lets one person in, with its link and a QR code")
    invite.add_argument("--role", choices=ROLES, default="member", help="what the person will be (default: member)")
    replay = commands.add(
        "replay",
        "replay:show_replay",
        "decide a recorded day again and compare; exit 0 only when all alerts are the same",
    )
    replay.add_argument("day", type=_date, metavar="DATE", help="such as 2025-11-28; a day begins at 07:00 in Seoul")
    for name, text in (("add", "watch a symbol"), ("remove", "watch a symbol no longer")):
        command = commands.add(name, f"control:{name}_symbol", text)
        command.add_argument("code", type=_words, metavar="STOCK", help=STOCK)
        command.add_argument("--person", default="", metavar="NAME", help="name or number (default: the operator)")


def _add_kis_commands(commands: _Commands) -> None:
    kis = commands.group("kis", "what KIS sends")
    kis.add("check", "check:show_check", "keys, token, price, connection, clock, names, bot: ✅ or ❌ and the remedy")
    decode = kis.add(
        "decode", "kis:decode", "raw WebSocket frames, a recorded day's or one a line, to one JSON object a trade"
    )
    decode.add_argument("file", nargs="?", default="-", metavar="FILE", help="default: stdin")
    kis.add("subscriptions", "streams:show_subscriptions", "what KIS streams to us, what is polled, and why")
    forget = kis.add("forget-key", "streams:forget_key", "forget the approval key; the next connection gets another")
    forget.add_argument("link", nargs="?", default="", metavar="APP-KEY", help="its name (default: all)")
    watch = kis.add("watch", "kis:watch", "live prices of one symbol", endless=True)
    watch.add_argument("code", type=_words, metavar="STOCK", help=STOCK)
    watch.add_argument("--seconds", type=_seconds, default=30.0, metavar="N", help="end after so long (default: 30)")


def _add_set_up_commands(commands: _Commands) -> None:
    demo = commands.group("demo", "the simulated world")
    phone = demo.add("phone", "demo:show_phone", "what the simulated Telegram shows, and where its pictures lie")
    phone.add_argument("--chat", type=int, metavar="ID", help="only this chat")
    say = demo.add("say", "demo:say", "type something on a simulated phone; `demo phone` shows the answer")
    say.add_argument("text", nargs="+", type=_words, metavar="TEXT", help="such as /list or /add 삼성전자")
    say.add_argument("--user", type=int, metavar="ID", help="who types it (default: the demo's first person)")
    press = demo.add("press", "demo:press", "press the newest button of a label there, or of a part of it")
    press.add_argument("label", nargs="+", type=_words, metavar="LABEL", help="as `demo phone` shows it")
    press.add_argument("--user", type=int, metavar="ID", help="who presses it (default: the demo's first person)")
    init = commands.add("init", "init:set_up", "ask for keys, check each against its service, write conf/secrets.toml")
    init.add_argument("--app-key", default="", metavar="NAME", help="add a further KIS app key under this name instead")
    init.add_argument("--unchecked", action="store_true", help="write them even if a service cannot be asked now")
    completion = commands.add("completion", "completion:show_script", "print a completion script")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    commands.add("version", "version:show_version", "which release this is")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"expected a date such as 2025-11-28, found {text}"
        raise argparse.ArgumentTypeError(message) from None


def _years(text: str) -> float:
    try:
        years = float(text)
    except ValueError:
        years = 0.0
    if not FEWEST_YEARS <= years <= MOST_YEARS:
        message = f"expected years from {FEWEST_YEARS:g} to {MOST_YEARS:g}, found {text}"
        raise argparse.ArgumentTypeError(message)
    return years


def _words(text: str) -> str:
    if not text.strip():
        message = "expected a code or a name, found nothing"
        raise argparse.ArgumentTypeError(message)
    return text


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        message = f"expected a number from 1 on, found {text!r}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        message = f"expected seconds above zero, found {text}"
        raise argparse.ArgumentTypeError(message)
    return seconds
