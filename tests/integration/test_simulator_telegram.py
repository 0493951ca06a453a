"""The simulated Telegram over real sockets, as `requests` sees it."""

import asyncio
import json
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from simulator.telegram.faults import Fault, FaultKind
from simulator.telegram.log import LogLine, read_log
from simulator.telegram.server import TelegramPerson, TelegramSettings, TelegramSimulator

TOKEN = "1000000000:SIMULATED-BOT-TOKEN-0000000000000000"
NOON_NS = 1_764_298_800_000_000_000
PERSON = 1001


class StandingClock:
    """A world in which it is always the same moment."""

    def now_ns(self) -> int:
        """Return that moment."""
        return NOON_NS

    def monotonic_ns(self) -> int:
        """Return a machine's clock that stands, too."""
        return 5_000_000_000


class Telegram:
    """A simulated Telegram in a thread of its own, and a client's few words to it."""

    def __init__(self, directory: Path, *, is_rate_limited: bool = False) -> None:
        self.directory = directory
        people = (TelegramPerson(chat_id=PERSON, name="데모"),)
        settings = TelegramSettings(token=TOKEN, people=people, is_rate_limited=is_rate_limited)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        self.simulator = TelegramSimulator(settings, directory, StandingClock())
        self.run(self.simulator.start)

    def run(self, what: Callable[[], Awaitable[None]]) -> None:
        """Run *what* in the server's loop and wait for it."""

        async def awaited() -> None:
            await what()

        outcome: Future[None] = asyncio.run_coroutine_threadsafe(awaited(), self._loop)
        outcome.result(timeout=10)

    def stop(self) -> None:
        """End server, loop and thread."""
        self.run(self.simulator.stop)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Return the answer to a method called with JSON."""
        url = f"{self.simulator.base_url}/bot{TOKEN}/{method}"
        return post_json(url, parameters)

    def order(self, path: str, **what: object) -> dict[str, Any]:
        """Do something that a person or an experimenter does."""
        return post_json(f"{self.simulator.base_url}/simulator/{path}", what)

    def log(self) -> list[LogLine]:
        """Return the log but for the chats that appeared."""
        return [line for line in read_log(self.directory) if line.method != "chat"]


def post_json(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to *body* sent as JSON."""
    answer: dict[str, Any] = requests.post(url, json=body, timeout=5).json()
    return answer


@pytest.fixture
def telegram(tmp_path: Path) -> Iterator[Telegram]:
    """Return a running Telegram that knows one person."""
    server = Telegram(tmp_path)
    yield server
    server.stop()


def picture(width: int = 2, height: int = 2) -> bytes:
    """Return a small white PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_message_is_parsed_answered_and_logged(telegram: Telegram) -> None:
    """What was accepted is the ledger's truth, so the log shows what the reader saw."""
    answer = telegram.call("sendMessage", chat_id=PERSON, text=" <b>F&amp;F</b> 🚨 ", parse_mode="HTML")

    assert answer["ok"] is True
    result = answer["result"]
    assert (result["text"], result["entities"]) == ("F&F 🚨", [{"type": "bold", "offset": 0, "length": 3}])
    assert result["chat"] == {"id": PERSON, "type": "private", "first_name": "데모"}
    assert result["from"]["is_bot"] is True
    assert result["date"] == NOON_NS // 1_000_000_000
    [line] = telegram.log()
    assert (line.accepted, line.text, line.message_id, line.at_ns) == (True, "F&F 🚨", result["message_id"], NOON_NS)


@pytest.mark.parametrize("method", ["sendMessage", "sendmessage", "SENDMESSAGE"])
def test_method_names_and_ways_of_passing_parameters_are_free(telegram: Telegram, method: str) -> None:
    """The Bot API takes any case, GET and POST, query, form, multipart and JSON."""
    url = f"{telegram.simulator.base_url}/bot{TOKEN}/{method}"
    words = {"chat_id": str(PERSON), "text": "hello"}

    answers = [
        requests.get(url, params=words, timeout=5),
        requests.post(url, data=words, timeout=5),
        requests.post(url, files={name: (None, word) for name, word in words.items()}, timeout=5),
        requests.post(url, json=words, timeout=5),
    ]

    assert [answer.json()["result"]["text"] for answer in answers] == ["hello"] * 4


@pytest.mark.parametrize(
    ("path", "code", "description"),
    [
        (f"/bot{TOKEN}x/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        (f"/bot{TOKEN}/flyToTheMoon", 404, "Not Found: method not found"),
        ("/", 404, "Not Found"),
    ],
)
def test_a_wrong_token_or_method_is_refused_in_the_real_shape(
    telegram: Telegram, path: str, code: int, description: str
) -> None:
    """A client must tell its own mistake from the server's weather."""
    answer = requests.get(telegram.simulator.base_url + path, timeout=5)

    assert answer.status_code == code
    assert answer.json() == {"ok": False, "error_code": code, "description": description}


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"chat_id": 7, "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": PERSON, "text": "  "}, "Bad Request: message text is empty"),
        ({"chat_id": PERSON, "text": "x" * 4097}, "Bad Request: message is too long"),
        (
            {"chat_id": PERSON, "text": "<b>x", "parse_mode": "HTML"},
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"chat_id": PERSON, "text": "x", "reply_parameters": {"message_id": 99}},
            "Bad Request: message to be replied not found",
        ),
        (
            {
                "chat_id": PERSON,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "가" * 22}]]},
            },
            "Bad Request: BUTTON_DATA_INVALID",
        ),
    ],
)
def test_what_telegram_would_not_take_is_refused(
    telegram: Telegram, parameters: dict[str, object], description: str
) -> None:
    """Whatever passes here must pass there."""
    answer = telegram.call("sendMessage", **parameters)

    assert (answer["ok"], answer["error_code"], answer["description"]) == (False, 400, description)
    assert [(line.accepted, line.error) for line in telegram.log()] == [(False, description)]


def test_length_counts_after_the_entities_are_parsed(telegram: Telegram) -> None:
    """Markup and references are not part of the 4096."""
    answer = telegram.call("sendMessage", chat_id=PERSON, text="<b>" + "&amp;" * 4096 + "</b>", parse_mode="HTML")

    assert answer["result"]["text"] == "&" * 4096


@pytest.mark.parametrize(
    ("state", "code", "description"),
    [
        ("blocked", 403, "Forbidden: bot was blocked by the user"),
        ("deactivated", 403, "Forbidden: user is deactivated"),
        ("kicked", 403, "Forbidden: bot was kicked from the group chat"),
    ],
)
def test_a_chat_that_does_not_want_the_bot_says_so(telegram: Telegram, state: str, code: int, description: str) -> None:
    """One who blocked the bot must not look like an outage."""
    telegram.order("chat", chat_id=PERSON, state=state)

    answer = telegram.call("sendMessage", chat_id=PERSON, text="x")

    assert (answer["error_code"], answer["description"]) == (code, description)


def test_a_group_that_moved_tells_its_new_number(telegram: Telegram) -> None:
    """The bot rewrites the number instead of losing the family's group."""
    telegram.order("chat", chat_id=-5, name="가족")
    telegram.order("chat", chat_id=-5, state="migrated", moved_to=-1_000_000_000_005)

    answer = telegram.call("sendMessage", chat_id=-5, text="x")

    assert answer["parameters"] == {"migrate_to_chat_id": -1_000_000_000_005}


def test_a_picture_is_stored_and_may_be_sent_again_by_its_id(telegram: Telegram) -> None:
    """Six people share one picture; the phone shows where it lies."""
    url = f"{telegram.simulator.base_url}/bot{TOKEN}/sendPhoto"
    text = telegram.call("sendMessage", chat_id=PERSON, text="x")["result"]["message_id"]
    reply = json.dumps({"message_id": text})
    sent = requests.post(
        url,
        data={"chat_id": str(PERSON), "caption": "차트", "reply_parameters": reply},
        files={"photo": ("chart.png", picture(30, 20), "image/png")},
        timeout=5,
    ).json()["result"]
    again = telegram.call("sendPhoto", chat_id=PERSON, photo=sent["photo"][-1]["file_id"])["result"]

    assert sent["reply_to_message"]["message_id"] == text
    assert (sent["caption"], sent["photo"][0]["width"], sent["photo"][0]["height"]) == ("차트", 30, 20)
    assert again["photo"] == sent["photo"]
    photos = [line.photo for line in telegram.log() if line.method == "sendPhoto"]
    assert photos == [f"phone/{sent['message_id']}.png"] * 2
    assert (telegram.directory / photos[0]).read_bytes() == picture(30, 20)


@pytest.mark.parametrize(
    ("content", "description"),
    [
        (b"", "Bad Request: file must be non-empty"),
        (b"not a picture", "Bad Request: IMAGE_PROCESS_FAILED"),
        (picture(1, 21), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
    ],
)
def test_what_is_no_picture_is_refused(telegram: Telegram, content: bytes, description: str) -> None:
    """A chart that Telegram would not show must not pass the tests."""
    url = f"{telegram.simulator.base_url}/bot{TOKEN}/sendPhoto"
    answer = requests.post(url, data={"chat_id": PERSON}, files={"photo": ("x.png", content)}, timeout=5).json()

    assert answer["description"] == description


def test_updates_stay_until_they_are_confirmed(telegram: Telegram) -> None:
    """A bot that dies between reading and doing finds the command again."""
    telegram.order("say", user_id=PERSON, text="/list")
    telegram.order("say", user_id=PERSON, text="안녕")

    first = telegram.call("getUpdates")["result"]
    limited = telegram.call("getUpdates", limit=1)["result"]
    rest = telegram.call("getUpdates", offset=first[0]["update_id"] + 1)["result"]

    assert [update["message"]["text"] for update in first] == ["/list", "안녕"]
    assert first[0]["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 5}]
    assert limited == first[:1]
    assert rest == first[1:]
    assert telegram.call("getUpdates", offset=-1)["result"] == rest
    assert telegram.call("getUpdates")["result"] == rest


def test_a_long_poll_is_answered_the_moment_somebody_types(telegram: Telegram) -> None:
    """Long polling waits, and no longer than it has to."""
    answers: list[dict[str, Any]] = []
    poller = Thread(target=lambda: answers.append(telegram.call("getUpdates", timeout=4)))
    poller.start()
    telegram.order("say", user_id=PERSON, text="/list")
    poller.join(timeout=3)

    assert [update["message"]["text"] for update in answers[0]["result"]] == ["/list"]


def test_a_second_poller_ends_the_first(telegram: Telegram) -> None:
    """Two bots on one token must find out."""
    answers: list[dict[str, Any]] = []
    pollers = [Thread(target=lambda: answers.append(telegram.call("getUpdates", timeout=1))) for _ in range(2)]
    for poller in pollers:
        poller.start()
    for poller in pollers:
        poller.join()

    assert sorted(answer["ok"] for answer in answers) == [False, True]
    [conflict] = [answer for answer in answers if not answer["ok"]]
    assert conflict["error_code"] == 409
    assert conflict["description"].startswith("Conflict: terminated by other getUpdates request")


def test_a_button_comes_back_as_a_query_and_is_answered_once(telegram: Telegram) -> None:
    """Buttons are how people without commands steer the bot."""
    keys = {"inline_keyboard": [[{"text": "끄기", "callback_data": "off"}]]}
    sent = telegram.call("sendMessage", chat_id=PERSON, text="x", reply_markup=keys)["result"]

    unknown = telegram.order("press", user_id=PERSON, message_id=sent["message_id"], data="on")
    telegram.order("press", user_id=PERSON, message_id=sent["message_id"], data="off")
    [update] = telegram.call("getUpdates")["result"]
    query = update["callback_query"]

    assert unknown["ok"] is False
    assert (query["data"], query["from"]["id"], query["message"]["message_id"]) == ("off", PERSON, sent["message_id"])
    assert telegram.call("answerCallbackQuery", callback_query_id=query["id"])["result"] is True
    assert telegram.call("answerCallbackQuery", callback_query_id=query["id"])["error_code"] == 400


def test_a_chat_that_blocks_the_bot_and_comes_back_says_so(telegram: Telegram) -> None:
    """Telegram tells of it once a change, and before anything is sent there."""
    for state in ("blocked", "blocked", "active", "deactivated"):
        telegram.order("chat", chat_id=PERSON, state=state)
    telegram.order("chat", chat_id=-5, name="Family", user_id=PERSON)

    changes = [update["my_chat_member"] for update in telegram.call("getUpdates")["result"]]

    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member", "member"]
    assert [change["old_chat_member"]["status"] for change in changes] == ["member", "kicked", "left"]
    assert [(change["chat"]["type"], change["from"]["id"]) for change in changes][1:] == [
        ("private", PERSON),
        ("group", PERSON),
    ]


def test_a_group_that_becomes_a_supergroup_says_so_in_both_and_refuses_under_its_old_number(telegram: Telegram) -> None:
    """From then on it has another number, in which the bot is a member already."""
    new = -1_000_000_000_005
    telegram.order("chat", chat_id=-5, name="Family", user_id=PERSON)
    telegram.order("chat", chat_id=-5, state="migrated", moved_to=new)

    told = [update["message"] for update in telegram.call("getUpdates")["result"] if "message" in update]
    refused = telegram.call("sendMessage", chat_id=-5, text="x")

    assert [(word["chat"]["id"], word.get("migrate_to_chat_id")) for word in told] == [(-5, new), (new, None)]
    assert refused["parameters"] == {"migrate_to_chat_id": new}
    assert telegram.call("sendMessage", chat_id=new, text="x")["ok"] is True


def test_an_edit_changes_the_text_and_refuses_to_change_nothing(telegram: Telegram) -> None:
    """`message is not modified` is a success in disguise, which a client must know; keys go that it does not name."""
    sent = telegram.call("sendMessage", chat_id=PERSON, text="x")["result"]["message_id"]

    keys = {"inline_keyboard": [[{"text": "끄기", "callback_data": "2.off"}]]}
    telegram.call("editMessageText", chat_id=PERSON, message_id=sent, text="z", reply_markup=keys)
    broken = telegram.call("editMessageText", chat_id=PERSON, message_id=sent, text="<y", parse_mode="HTML")
    edited = telegram.call("editMessageText", chat_id=PERSON, message_id=sent, text="y")
    same = telegram.call("editMessageText", chat_id=PERSON, message_id=sent, text="y")
    gone = telegram.call("editMessageText", chat_id=PERSON, message_id=99, text="y")

    assert broken["description"].startswith("Bad Request: can't parse entities")
    assert "reply_markup" not in edited["result"]
    assert (edited["result"]["text"], edited["result"]["edit_date"]) == ("y", NOON_NS // 1_000_000_000)
    assert same["description"].startswith("Bad Request: message is not modified")
    assert gone["description"] == "Bad Request: message to edit not found"


def test_commands_are_kept_by_language(telegram: Telegram) -> None:
    """The phone's command menu is Korean for Koreans."""
    commands = [{"command": "list", "description": "관심 종목"}]

    assert telegram.call("setMyCommands", commands=commands, language_code="ko")["result"] is True
    assert telegram.call("getMyCommands", language_code="ko")["result"] == commands
    assert telegram.call("getMyCommands")["result"] == []
    assert telegram.call("setMyCommands", commands=[{"command": "List", "description": "x"}])["error_code"] == 400


def test_a_restarted_server_goes_on_where_it_was(tmp_path: Path) -> None:
    """Kill the whole demo: message ids, chats and unread words are still there."""
    before = Telegram(tmp_path)
    before.call("sendMessage", chat_id=PERSON, text="x")
    before.order("say", user_id=2002, text="/start abc", name="처음")
    [update] = before.call("getUpdates")["result"]
    before.stop()

    after = Telegram(tmp_path)
    try:
        assert after.call("getUpdates")["result"] == [update]
        assert after.call("getUpdates", offset=update["update_id"] + 1)["result"] == []
        sent = after.call("sendMessage", chat_id=2002, text="y")["result"]
        after.order("say", user_id=2002, text="/help")
        [later] = after.call("getUpdates")["result"]
    finally:
        after.stop()

    assert sent["message_id"] == update["message"]["message_id"] + 1
    assert later["update_id"] == update["update_id"] + 1


def test_the_flood_limit_lets_a_burst_pass_and_then_asks_to_wait(tmp_path: Path) -> None:
    """429 tells how long to wait; the message is not lost by waiting. An edit counts as one."""
    limited = Telegram(tmp_path, is_rate_limited=True)
    try:
        answers = [limited.call("sendMessage", chat_id=PERSON, text="x") for _ in range(2)]
        edit = {"chat_id": PERSON, "message_id": answers[0]["result"]["message_id"]}
        answers += [limited.call("editMessageText", **edit, text=text) for text in ("y", "z")]
    finally:
        limited.stop()

    assert [answer["ok"] for answer in answers] == [True, True, True, False]
    assert answers[3]["parameters"] == {"retry_after": 1}
    assert answers[3]["description"] == "Too Many Requests: retry after 1"


@pytest.mark.parametrize(
    ("fault", "status", "beginning"),
    [
        ({"kind": "flood", "retry_after_s": 30}, 429, '{"ok":false,"error_code":429'),
        ({"kind": "status"}, 502, "<html>"),
        ({"kind": "status", "accepted": True}, 502, "<html>"),
        ({"kind": "error", "status": 400, "description": "Bad Request: chat not found"}, 400, '{"ok":false'),
        ({"kind": "malformed", "accepted": True}, 200, '{"ok":true,"result":{'),
        ({"kind": "not_ok"}, 200, '{"ok":false'),
    ],
)
def test_a_fault_strikes_the_request_that_it_was_ordered_for(
    telegram: Telegram, fault: dict[str, object], status: int, beginning: str
) -> None:
    """Faults are tied to numbers of requests, so that a failure can be played again."""
    telegram.order("fault", method="sendMessage", first=2, **fault)
    url = f"{telegram.simulator.base_url}/bot{TOKEN}/sendMessage"

    answers = [requests.post(url, json={"chat_id": PERSON, "text": "x"}, timeout=5) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, status, 200]
    assert answers[1].text.startswith(beginning)
    is_accepted = bool(fault.get("accepted"))
    assert [line.accepted for line in telegram.log()] == [True, is_accepted, True]
    assert [line.reply_delivered for line in telegram.log() if line.accepted][1:2] == [not is_accepted]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_cut_connection_does_not_tell_whether_the_message_arrived(telegram: Telegram, *, accepted: bool) -> None:
    """The doubt that a repeat must be marked for."""
    telegram.order("fault", kind="reset", accepted=accepted)

    with pytest.raises(requests.ConnectionError):
        telegram.call("sendMessage", chat_id=PERSON, text="x")

    assert [(line.accepted, line.text) for line in telegram.log()] == [(accepted, "x" if accepted else "")]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_silent_server_leaves_the_same_doubt(telegram: Telegram, *, accepted: bool) -> None:
    """A time-out tells as little as a cut connection."""
    telegram.order("fault", kind="hang", seconds=0.3, accepted=accepted)
    url = f"{telegram.simulator.base_url}/bot{TOKEN}/sendMessage"

    with pytest.raises(requests.ReadTimeout):
        requests.post(url, json={"chat_id": PERSON, "text": "x"}, timeout=0.1)

    assert [line.accepted for line in telegram.log()] == [accepted]


def test_a_slow_server_is_slow_and_right(telegram: Telegram) -> None:
    """Patience is rewarded."""
    telegram.order("fault", kind="slow", seconds=0.05)

    assert telegram.call("sendMessage", chat_id=PERSON, text="x")["ok"] is True


def test_a_server_that_is_down_refuses_and_comes_back_on_its_port(telegram: Telegram) -> None:
    """An outage is weather: afterwards the address is the same."""
    telegram.call("getMe")
    telegram.run(lambda: telegram.simulator.go_down(0.2))
    with pytest.raises(requests.ConnectionError):
        telegram.call("getMe")

    telegram.run(telegram.simulator.wait_until_up)

    assert telegram.call("getMe")["result"]["is_bot"] is True


def test_faults_are_forgotten_on_demand(telegram: Telegram) -> None:
    """An experimenter ends what he began."""
    telegram.simulator.faults.add(Fault(kind=FaultKind.STATUS, count=1000))
    requests.delete(f"{telegram.simulator.base_url}/simulator/fault", timeout=5)

    assert telegram.call("getMe")["ok"] is True
    assert telegram.order("fault", kind="earthquake")["ok"] is False
