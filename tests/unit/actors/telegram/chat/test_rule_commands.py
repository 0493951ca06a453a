"""Rules, as a person has them by speaking to the bot."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from actors.runtime.store import open_store
from actors.telegram.people.own_rules import Condition, OwnRule
from actors.telegram.people.person import Watch
from actors.telegram.people.rule_book import RuleBook, TooManyRules
from actors.telegram.texts.rule_texts import Known, RuleTexts
from actors.words.catalogue import words_in
from protocol.messages import Venue, WatchListChanged
from protocol.rules import Direction, Repetition, RuleKind
from protocol.tables import analyst, telegram
from tests.support.actor import make_settings
from tests.support.alerts import alert, decide
from tests.support.market import targets
from tests.support.reception import Reception, typed
from tests.support.town import ANNA, BORA, seeded

LEVERAGE = {"symbol": "122630", "name": "KODEX 레버리지", "venue": "KRX"}
SAMSUNG = {"symbol": "005930", "name": "삼성전자", "venue": "KRX"}
HIGHS = [(date(2025, 3, 3), 120_000.0), (date(2025, 11, 3), 110_000.0)]


class Counter:
    """The desk, where Anna watches KODEX 레버리지 at 1σ and 2σ, with base price 100,000 and σ of 1 %."""

    def __init__(self, directory: Path) -> None:
        self.desk = Reception(directory, seeded(ANNA, "operator"), seeded(BORA, "viewer"))
        self.settings = make_settings(directory)
        with open_store("analyst", self.settings).begin() as connection:
            connection.execute(insert(analyst.targets), analyst.row_from(targets(highs=HIGHS, usual_volume=12_000_000)))
        self.book = RuleBook(open_store("telegram", self.settings))
        self.desk.ports.answers["analyst", "find"] = lambda words, **_: {
            "candidates": [each for each in (LEVERAGE, SAMSUNG) if words in each.values()],
            "certain": True,
        }
        self.prices: dict[str, object] = {"122630": {"price": 99_500.0}}
        self.stages: dict[str, str] = {}
        self.desk.ports.answers["evaluator", "prices"] = lambda **_: self.prices
        self.desk.ports.answers["evaluator", "rules"] = lambda **_: {
            "rules": [{"rule": rule_id, "stage": stage} for rule_id, stage in self.stages.items()]
        }
        self.say("/add 122630")

    def say(self, text: str, who: int = ANNA) -> str:
        """Return what is answered to *text*."""
        self.desk.bring(typed(who, text, at=self.desk.clock.now()))
        return self.desk.said[-1][1]

    def rules(self) -> list[OwnRule]:
        """Return Anna's rules."""
        return self.book.rules_of(1)

    def since_ns(self, rule_id: str) -> int:
        """Return from when on trades are the rule's business."""
        with open_store("telegram", self.settings).connect() as connection:
            moment: int = connection.execute(
                select(telegram.rules.c.since_ns).where(telegram.rules.c.id == rule_id)
            ).scalar_one()
            return moment

    def versions(self) -> dict[str, int]:
        """Return the version of every rule that is watched."""
        with open_store("telegram", self.settings).connect() as connection:
            rows = connection.execute(select(telegram.rules).where(telegram.rules.c.active))
            return {row.id: row.version for row in rows}


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """Return the desk."""
    return Counter(tmp_path)


@pytest.mark.parametrize("text", ["/off 1", "/on 1", "/alert 122630 98,500", "/alert", "/alert 122630"])
def test_a_stock_may_be_taken_away_while_its_prices_are_asked_for(counter: Counter, text: str) -> None:
    """From the operator's shell, at any moment; the answer must come all the same, and so must the next."""
    person = counter.desk.register.person(1)
    assert person is not None

    def prices(**_: object) -> dict[str, object]:
        if counter.desk.register.watches_of(1):
            counter.desk.office.watch_list.remove(person, "122630")
        return counter.prices

    counter.desk.ports.answers["evaluator", "prices"] = prices

    assert counter.say(text)
    assert counter.say("/alert")
    watched = {watch.symbol for watch in counter.desk.register.watches_of(1)}
    assert {rule.symbol for rule in counter.rules()} <= watched


def test_a_price_is_waited_for_from_the_side_on_which_it_is_not_yet(counter: Counter) -> None:
    """And what was understood is said back, with the price now."""
    below, above = counter.say("/alert 122630 98,500"), counter.say("/alert KODEX 레버리지 10.1만 한번")

    assert "3번 · 98,500원 이하" in below
    assert "현재가 99,500원" in below
    assert "4번 · 101,000원 이상 · 한 번만" in above
    assert [(rule.id, rule.kind, rule.direction, rule.repetition) for rule in counter.rules()[2:]] == [
        ("1-122630-n3", RuleKind.PRICE, Direction.BELOW, Repetition.REST),
        ("1-122630-n4", RuleKind.PRICE, Direction.ABOVE, Repetition.ONCE),
    ]


@pytest.mark.parametrize("has_row", [False, True])
def test_where_no_price_is_known_a_fall_is_waited_for_and_the_other_side_is_told(
    counter: Counter, *, has_row: bool
) -> None:
    """Analyst's row of a stock with too few days has 0 for a base price, and every price is above that."""
    if has_row:
        unknown = targets(symbol="005930", name="삼성전자", base_price=0.0, sigma=0.0, obstacle="too few trading days")
        with open_store("analyst", counter.settings).begin() as connection:
            connection.execute(insert(analyst.targets), analyst.row_from(unknown))

    guessed = counter.say("/alert 삼성전자 70000")

    assert "3번 · 70,000원 이하" in guessed
    assert "/alert 005930 70,000원 이상" in guessed
    assert "4번 · 70,000원 이상" in counter.say("/alert 005930 70,000원 이상")
    assert "70,000원 이상" not in counter.say("/alert 삼성전자 70000 이하")


def test_a_percentage_is_told_with_the_price_that_it_means_today(counter: Counter) -> None:
    """Nobody should have to work it out."""
    assert "3번 · 전일대비 7% 이상 하락 (93,000원)" in counter.say("/alert 122630 -7%")
    said = counter.say("/alert 122630 paid 110000 -3% 매일 2026-12-31까지")
    assert "4번 · 산 값 110,000원보다 3% 이상 하락 (106,700원) · 하루 한 번 · 2026-12-31까지" in said


def test_a_stock_that_is_not_watched_yet_is_watched_without_levels(counter: Counter) -> None:
    """Who waits for one price has not asked for the others; and without a watch no price comes at all."""
    counter.say("/alert 삼성전자 70000 이하")

    assert [rule.id for rule in counter.rules() if rule.symbol == "005930"] == ["1-005930-n3"]
    announced = [each for each in counter.desk.ports.published if isinstance(each, WatchListChanged)]
    assert announced[-1].symbols == ["005930", "122630"]


@pytest.mark.parametrize(
    ("text", "side", "every", "once_a_day"),
    [
        ("122630 고점 -10%", "아래", "몇 분마다", "122630 고점 -10% 매일"),
        ("122630 99500 이하", "아래", "몇 분마다", "122630 99500 이하 매일"),
        ("122630 99000 이상 30분마다", "위", "30분마다", "122630 99000 이상 매일"),
        ("122630 Every 1h 99000 above", "위", "60분마다", "122630 99000 above 매일"),
        ("122630 98500", "", "", ""),
        ("122630 -7%", "", "", ""),
        ("122630 거래량 2배", "", "", ""),
        ("005930 70000 이하", "", "", ""),
        ("122630 98500 한번", "", "", ""),
    ],
)
def test_where_the_price_is_there_already_it_is_said_that_alerts_will_come_and_come(
    counter: Counter, text: str, side: str, every: str, once_a_day: str
) -> None:
    """Nobody should be surprised by what he asked for; of a price that is not known nothing is said."""
    said = counter.say(f"/alert {text}")

    assert ("곧 알림이 오고" in said) is bool(side)
    assert not side or f"이미 그 {side}예요." in said
    assert not side or f"있는 동안 {every} 다시 와요." in said
    assert not side or said.endswith(f"하루 한 번만 받으시려면: /alert {once_a_day}")


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("122630 99500 이하 한번", "아래"),
        ("122630 99000 above once", "위"),
        ("122630 고점 -10% 한번", "아래"),
        ("122630 98500 한번", ""),
        ("005930 70000 이하 한번", ""),
        ("122630 거래량 0.001배 한번", ""),
    ],
)
def test_where_the_price_is_there_already_what_comes_once_is_said_to_come_now(
    counter: Counter, text: str, side: str
) -> None:
    """Who waits for one alert shall know that it is spent at once; shares are no price."""
    said = counter.say(f"/alert {text}")

    assert said.endswith(f"⚠️ 이미 그 {side}예요. 곧 알림이 한 번 오고, 그 뒤로는 오지 않아요.") is bool(side)
    assert ("이미 그" in said) is bool(side)


@pytest.mark.parametrize(
    ("text", "what_comes"),
    [
        ("고점 -10% 매일", "아래예요. 오늘 알림은 곧 오고, 다음 거래일부터도 그 아래에 있는 날에는 하루 한 번 와요."),
        ("99000 이상 매일", "위예요. 오늘 알림은 곧 오고, 다음 거래일부터도 그 위에 있는 날에는 하루 한 번 와요."),
        ("99000 돌파", "위예요. 곧 알림이 한 번 오고, 그 뒤로는 내려갔다가 다시 넘을 때마다 와요."),
        ("99600 이하 cross", "아래예요. 곧 알림이 한 번 오고, 그 뒤로는 올라갔다가 다시 내려올 때마다 와요."),
        ("99600 돌파", ""),
        ("98500 매일", ""),
    ],
)
def test_where_the_price_is_there_already_it_is_said_of_every_repetition_what_comes(
    counter: Counter, text: str, what_comes: str
) -> None:
    """A rule is armed at once, whatever the price: a crossing rule, too, alerts first of all."""
    said = counter.say(f"/alert 122630 {text}")

    assert ("이미 그" in said) is bool(what_comes)
    assert not what_comes or said.endswith(f"⚠️ 이미 그 {what_comes}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/alert samsung above 120000", "samsung"),
        ("/alert 70000 라면 한 그릇 매일", "라면 한 그릇"),
        ("/level 라면 1 2", "라면"),
        ("/backtest 라면", "라면"),
    ],
)
def test_of_a_stock_that_is_none_what_was_taken_for_its_name_is_told(counter: Counter, text: str, words: str) -> None:
    """The whole line was called a stock, as if the price were a part of its name."""
    counter.desk.ports.answers["analyst", "find"] = lambda **_: {"candidates": []}

    assert counter.say(text) == (
        f"{words} 종목을 찾지 못했어요. 이름이나 코드를 한 번 더 봐 주세요. 예: 삼성전자, 005930"
    )


@pytest.mark.parametrize(
    ("stage", "is_there"), [("armed", True), ("resting", True), ("awaiting return", True), ("done", False), ("", False)]
)
def test_what_is_waited_for_just_so_is_said_to_be_there(counter: Counter, stage: str, *, is_there: bool) -> None:
    """It does not begin anew; what has alerted for good does."""
    counter.say("/alert 122630 98500 한번")
    counter.stages = {"1-122630-n3": stage}

    said = counter.say("/alert 122630 98500 한번")

    assert said.startswith("🔔 이미 걸려 있는 알림이에요." if is_there else "🔔 알림을 걸었어요.")
    assert counter.versions()["1-122630-n3"] == (1 if is_there else 2)


@pytest.mark.parametrize("stage", ["held", "without threshold", ""])
def test_what_alerts_again_by_itself_never_begins_anew(counter: Counter, stage: str) -> None:
    """Whatever evaluator says of it, if it says anything: begun anew it would alert within its rest."""
    counter.say("/alert 122630 98500")
    counter.stages = {"1-122630-n3": stage}

    assert counter.say("/alert 122630 98500").startswith("🔔 이미 걸려 있는 알림이에요.")
    assert counter.say("/on 3").startswith("🔔 이미 걸려 있는 알림이에요.")
    assert counter.versions()["1-122630-n3"] == 1


def test_what_begins_anew_is_not_said_to_be_done(counter: Counter) -> None:
    """Evaluator, asked a moment before, still spoke of what it was: it told, and tells again now."""
    counter.say("/alert 122630 98500 한번")
    counter.stages = {"1-122630-n3": "done", "1-122630-1": "resting"}

    said = counter.say("/alert 122630 98500 한번")

    assert "98,500원 이하 · 한 번만\n" in said


def test_a_crossing_is_told_in_words_of_its_side(counter: Counter) -> None:
    """In Korean a crossing is upwards, wherever the price is now."""
    assert "99,000원 이상 · 다시 넘을 때마다" in counter.say("/alert 122630 99000 돌파")
    assert "98,000원 이하 · 다시 내려올 때마다" in counter.say("/alert 122630 98000 돌파 이하")


def test_what_is_waited_for_already_is_changed_and_not_doubled(counter: Counter) -> None:
    """One price, one alert; the other way to repeat begins anew."""
    counter.say("/alert 122630 98500")
    counter.say("/alert 122630 98500 한번")

    assert counter.versions()["1-122630-n3"] == 2
    assert [rule.repetition for rule in counter.rules()] == [Repetition.REST, Repetition.REST, Repetition.ONCE]


def test_alert_alone_lists_everything_with_its_number_and_its_state(counter: Counter) -> None:
    """The numbers are what /off, /on and deleting take."""
    counter.say("/alert 122630 98500 한번")
    counter.stages = {"1-122630-n3": "done", "1-122630-1": "resting", "1-122630-2": "armed"}
    counter.say("/off 2")

    assert counter.say("/alert").splitlines() == [
        "🔔 걸어 둔 알림 3개",
        "멈추기 /off 3 · 다시 켜기 /on 3 · 지우기 /alert 삭제 3",
        "",
        "KODEX 레버리지 (122630)",
        "  1번 · 1차 매수 (99,000원) · 알리고 쉬는 중",
        "  2번 · 2차 매수 (98,000원) · ⏸ 멈춤",
        "  3번 · 98,500원 이하 · 한 번만 · ✅ 알렸어요",
    ]


def test_a_stock_alone_shows_its_rules(counter: Counter) -> None:
    """Of one's own stocks; of another it is not known what is wanted."""
    counter.say("/alert 삼성전자 70000")

    assert "2개" in counter.say("/alert 122630")
    assert counter.say("/alert 삼성전자").splitlines()[-1] == "  3번 · 70,000원 이하"
    assert "이렇게 보내 주세요" in counter.say("/alert 카카오")


def test_a_list_that_is_too_long_for_a_message_says_so() -> None:
    """Telegram would cut it in the middle of a word."""
    watch = Watch(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX)
    one = OwnRule(
        id="",
        number=1,
        symbol="122630",
        kind=RuleKind.PRICE,
        level=90_000.0,
        direction=Direction.BELOW,
        paid=0.0,
        high_since=None,
        repetition=Repetition.SESSION,
        rest_s=0.0,
        expires_on=None,
        is_paused=True,
    )

    said = RuleTexts(words_in("ko")).listing([one] * 200, {"122630": Known(watch=watch)})

    assert len(said) < 4_096
    assert "  1번 · 90,000원 이하 · 하루 한 번 · ⏸ 멈춤" in said.splitlines()
    assert said.splitlines()[-1].startswith("… 더 있어요.")


def test_a_rule_is_paused_and_resumed_by_number_and_goes_on_as_it_was_left(counter: Counter) -> None:
    """While it is paused evaluator does not see it; resumed it is of the same version, and so in the same state."""
    assert "멈췄어요" in counter.say("/off 1")
    assert "1-122630-1" not in counter.versions()
    counter.desk.clock.step(60)
    assert counter.say("/on 1").endswith("\n다시 지켜볼게요. 멈추려면 /off 1")
    assert counter.versions()["1-122630-1"] == 1
    assert counter.since_ns("1-122630-1") == counter.desk.clock.now_ns()
    assert "9번 알림은 없어요" in counter.say("/off 9")


def test_a_rule_that_is_not_paused_goes_on_as_it_is(counter: Counter) -> None:
    """Begun anew it would alert within its rest; what it waits for, and where it is, is said."""
    counter.stages = {"1-122630-1": "resting"}
    before = counter.since_ns("1-122630-1")
    counter.desk.clock.step(60)

    assert counter.say("/on 1").splitlines() == [
        "🔔 이미 걸려 있는 알림이에요. 그대로 지켜볼게요.",
        "",
        "KODEX 레버리지 (122630)",
        "  1번 · 1차 매수 (99,000원) · 알리고 쉬는 중",
        "",
        "멈추기 /off 1 · 다시 켜기 /on 1 · 지우기 /alert 삭제 1",
    ]
    assert counter.versions()["1-122630-1"] == 1
    assert counter.since_ns("1-122630-1") == before


EXPIRED = """⌛ KODEX 레버리지 (122630)
98,500원 이하
2025-11-28까지만 보기로 한 알림이라 끝났어요. 이대로는 다시 켤 수 없어요.
새 날짜를 정해 다시 켜기: /on 3 2026-12-31까지 · 지우기: /alert 삭제 3"""


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_rule_whose_last_day_is_over_is_said_to_be_so(counter: Counter, *, is_paused: bool) -> None:
    """Nothing would come, and nobody would know why; evaluator knows nothing of one that is paused."""
    counter.say("/alert 122630 98500 2025-11-28까지")
    if is_paused:
        counter.say("/off 3")
    # In Seoul the next day has begun, in UTC it has not.
    counter.desk.clock.step(15 * 3600 - counter.desk.clock.now_ns() // 10**9 % 86_400 + 60)
    before = counter.versions()

    assert counter.say("/on 3") == EXPIRED
    assert counter.versions() == before
    assert "이미 지난 날" in counter.say("/alert 122630 98400 2025-11-28까지")


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_rule_that_is_over_goes_on_until_another_day(counter: Counter, *, is_paused: bool) -> None:
    """With that day behind its number, which may not be over itself."""
    counter.say("/alert 122630 98500 2025-11-28까지")
    if is_paused:
        counter.say("/off 3")
    counter.stages = {"1-122630-n3": "expired"}
    counter.desk.clock.step(86_400)

    assert "이미 지난 날" in counter.say("/on 3 2025-11-28까지")
    assert "연-월-일로 쓴 날짜가 있어야" in counter.say("/on 3 내년까지")
    assert "지켜볼게요. 멈추려면 /off 3" in counter.say("/on 3 2026-12-31까지")
    assert counter.rules()[2].expires_on == date(2026, 12, 31)
    assert "1-122630-n3" in counter.versions()


def test_the_number_of_an_alert_is_not_taken_for_that_of_a_rule(counter: Counter) -> None:
    """/why takes the one, /off the other: whoever mixes them up is told which is which, and nothing is done."""
    for number in range(1, 4):
        decide(counter.settings, alert(number, person_id=1 if number != 2 else 2, rule_id="1-122630-2"))

    told = counter.say("/off 3")
    assert told.startswith("#3: 걸어 둔 알림이 아니라 이미 받으신 알림의 번호예요 (KODEX 레버리지 2차).")
    assert told.endswith("왜 왔는지 보기: /why #3\n그 알림을 그만 받기: /off 2")
    assert counter.say("/on 3") == counter.say("/alert 삭제 3") == counter.say("/off #3") == told
    assert counter.say("/off #1").startswith("#1: 걸어 둔 알림이 아니라")
    assert "2번 알림은 없어요" in counter.say("/off #2")
    assert len(counter.versions()) == 2


@pytest.mark.parametrize("how_often", ["매일", "한번"])
def test_what_has_told_all_that_it_was_to_tell_begins_anew(counter: Counter, how_often: str) -> None:
    """So it can be had again; before it has told it goes on as it is."""
    counter.say(f"/alert 122630 98500 {how_often}")

    counter.stages = {"1-122630-n3": "armed"}
    assert counter.say("/on 3").startswith("🔔 이미 걸려 있는 알림이에요.")
    counter.stages = {"1-122630-n3": "done"}
    assert counter.say("/on 3").endswith("\n처음부터 다시 지켜볼게요. 멈추려면 /off 3")
    assert counter.versions()["1-122630-n3"] == 2


@pytest.mark.parametrize(
    ("how_often", "said"),
    [
        (
            "매일",
            "하루 한 번 오는 알림이라 오늘 이미 왔다면 다음 거래일에 다시 와요. 오늘 또 받으시려면 한 번 더: /on 3",
        ),
        ("한번", "한 번만 오는 알림이라 이미 왔다면 다시 오지 않아요. 또 받으시려면 한 번 더: /on 3"),
    ],
)
def test_whoever_resumes_what_may_have_come_already_is_told_that_a_pause_is_no_new_beginning(
    counter: Counter, how_often: str, said: str
) -> None:
    """Or he waits for an alert that has come this morning."""
    counter.say(f"/alert 122630 98500 {how_often}")
    counter.say("/off 3")
    resumed, again = counter.say("/on 3"), counter.say("/on 3")

    assert resumed.splitlines()[-1] == said
    assert said not in again
    assert counter.versions()["1-122630-n3"] == 2


def test_the_button_under_an_alert_pauses_the_rule_behind_it(counter: Counter) -> None:
    """It names the rule by its id, which is nobody else's."""
    assert "멈췄어요" in counter.say("/off 1-122630-2")
    assert sorted(counter.versions()) == ["1-122630-1"]


def test_off_and_on_alone_offer_what_they_could_be_about(counter: Counter) -> None:
    """A number must be looked up elsewhere first; a stock's name is known by heart, and what is wrong is still told."""
    first, second = "KODEX 레버리지 · 1차 매수 (99,000원)", "KODEX 레버리지 · 2차 매수 (98,000원)"
    assert counter.say("/on") == "몇 번 알림을 다시 켤까요? 번호는 /alert 에서 볼 수 있어요. 예: /on 3"
    assert not counter.desk.keyboards[-1]

    for text in ("/off", "/off 레버리지"):
        assert counter.say(text).startswith("몇 번 알림을 멈출까요?")
        assert counter.desk.buttons() == [[first], [second]]
    [paused] = counter.desk.press(ANNA, second)
    assert paused.endswith("멈췄어요. 다시 켜려면 /on 2")
    counter.say("/on")
    assert counter.desk.buttons() == [[second]]
    assert counter.desk.press(ANNA, second)[0].endswith("다시 지켜볼게요. 멈추려면 /off 2")
    assert "알림 번호가 있어야" in counter.say("/off 라면")


def test_a_deleted_rule_is_gone_and_its_number_is_not_given_again(counter: Counter) -> None:
    """An alert's id that was used once must not be made a second time."""
    counter.say("/alert 122630 98500")
    assert "지웠어요" in counter.say("/alert 삭제 3")
    counter.say("/alert 122630 98400")

    assert [rule.number for rule in counter.rules()] == [1, 2, 4]


def test_levels_of_a_stock_are_replaced_and_those_that_stay_go_on(counter: Counter) -> None:
    """A level that rests must not alert anew because another was added."""
    assert "2차 매수 · 3차 매수" in counter.say("/level 122630 2 3 +1").replace("기준가보다 1σ 위 · ", "")

    assert counter.versions() == {"1-122630-2": 1, "1-122630-3": 1, "1-122630-+1": 1}
    counter.say("/level 122630 1 2")
    assert counter.versions() == {"1-122630-1": 2, "1-122630-2": 1}


@pytest.mark.parametrize("text", ["/level 122630 1 2", "/level 1 2"])
def test_levels_that_are_set_already_are_said_to_be_so(counter: Counter, text: str) -> None:
    """Nothing changes, so a rule that rests goes on resting."""
    counter.say("/level 1 2")

    assert counter.say(text).endswith("\n이미 이렇게 알려 드리고 있어요. 그대로 둘게요.")
    assert counter.versions() == {"1-122630-1": 1, "1-122630-2": 1}
    assert counter.say("/level 없음").endswith("\n이제 매수 알림은 보내지 않을게요.")
    assert counter.say("/level 122630 없음").endswith("\n매수 알림은 이미 꺼져 있어요.")
    assert counter.say("/level 없음").endswith("\n매수 알림은 이미 꺼져 있어요.")


def test_a_paused_level_that_is_set_goes_on_as_it_was_left(counter: Counter) -> None:
    """As with /on: a pause is no new beginning."""
    counter.say("/off 1")
    counter.desk.clock.step(60)

    assert counter.say("/level 122630 1 2").endswith("\n이렇게 알려 드릴게요.")
    assert counter.versions() == {"1-122630-1": 1, "1-122630-2": 1}
    assert counter.since_ns("1-122630-1") == counter.desk.clock.now_ns()


@pytest.mark.parametrize(("how_often", "version"), [("", 1), ("돌파", 1), ("매일", 2), ("한번", 2)])
def test_a_paused_rule_that_is_waited_for_once_more_goes_on_as_it_was_left(
    counter: Counter, how_often: str, version: int
) -> None:
    """If it alerts again by itself; what may have told all that it was to tell is wanted anew."""
    text = f"/alert 122630 98500 이하 {how_often}"
    counter.say(text)
    counter.say("/off 3")
    counter.desk.clock.step(60)

    assert counter.say(text).startswith("🔔 알림을 걸었어요.")
    assert counter.versions()["1-122630-n3"] == version
    assert counter.since_ns("1-122630-n3") == counter.desk.clock.now_ns()


def test_level_shows_what_there_is_before_it_says_how_to_change_it(counter: Counter) -> None:
    """Of all stocks, or of one; paused ones are told as paused, and none as none."""
    counter.say("/alert 005930 70000")
    counter.say("/off 2")

    now, _, *lines = counter.say("/level").splitlines()[:4]
    second, first = sorted(lines, reverse=True)
    assert now == "🎯 지금은 이렇게 알려 드려요."
    assert first == "• KODEX 레버리지 (122630): 1차 매수 · 2차 매수 ⏸ 멈춤"
    assert second == "• 삼성전자 (005930): 매수 알림 없음"
    assert "KODEX" not in counter.say("/level 삼성전자")
    assert "예: /level 삼성전자 1 2 2.5" in counter.say("/level 삼성전자")


def test_levels_without_a_stock_are_for_all_and_for_those_to_come(counter: Counter) -> None:
    """Said once, it holds; none is a choice, too."""
    counter.say("/level 2.5")
    counter.say("/add 005930")
    assert sorted(counter.versions()) == ["1-005930-2.5", "1-122630-2.5"]
    counter.say("/level 없음")
    counter.say("/remove 005930")
    counter.say("/add 005930")
    assert counter.versions() == {}


def test_removing_a_stock_deletes_its_rules(counter: Counter) -> None:
    """Paused ones, too: who adds it again begins with the usual levels."""
    counter.say("/alert 122630 98500")
    counter.say("/off 3")
    counter.say("/remove 122630")

    assert counter.rules() == []
    assert "걸어 둔 알림이 없어요" in counter.say("/alert")


@pytest.mark.parametrize(
    "text", ["/alert 005930", "/alert 122630 많이", "/level", "/on", "/off 삼성전자", "/alert 삭제"]
)
def test_a_wrong_one_gets_an_example(counter: Counter, text: str) -> None:
    """Nobody reads a manual."""
    assert f"{text.split(maxsplit=1)[0]} " in counter.say(text)
    assert len(counter.rules()) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/alert 122630 -5% 이상 이하", "🤔 이 가운데 하나만 있어야 하는데, 이렇게 적혀 있어요: 이상, 이하"),
        ("/alert 122630 98500 될때", "🤔 가격이나 %가 있어야 하는데, 이렇게 적혀 있어요: 될때"),
        ("/alert 005930", "🤔 가격이나 %가 있어야 하는데, 빠져 있어요."),
    ],
)
def test_a_word_that_is_not_understood_is_named_before_the_example(counter: Counter, text: str, said: str) -> None:
    """It was dropped, and what came of the rest was not what was asked for."""
    first, _, second, *_ = counter.say(text).splitlines()

    assert (first, second) == (said, "이렇게 보내 주세요.")
    assert len(counter.rules()) == 2


def test_a_rule_cannot_end_on_a_day_that_is_over(counter: Counter) -> None:
    """It would be silent from the first moment."""
    assert "이미 지난 날" in counter.say("/alert 122630 98500 until 2020-01-01")
    assert len(counter.rules()) == 2


def test_a_fall_from_a_high_is_told_with_the_high(counter: Counter) -> None:
    """Of the year, or since a day that analyst knows of."""
    assert "3번 · 1년 최고가 120,000원보다 10% 이상 하락 (108,000원)" in counter.say("/alert 122630 고점 -10%")
    assert "최고가 110,000원보다 10% 이상 하락 (99,000원) · 2025-10-01부터" in counter.say(
        "/alert 122630 2025-10-01부터 -10%"
    )
    assert "1년 안의" in counter.say("/alert 122630 2024-10-01부터 -10%")


def test_nobody_has_more_rules_than_one_may(counter: Counter) -> None:
    """One person's thousand rules would be everybody's slow evaluator."""
    one_more = Condition(kind=RuleKind.PRICE, level=98_500.0, direction=Direction.BELOW)

    with pytest.raises(TooManyRules, match="at most 2"):
        counter.book.put(1, "122630", one_more, band=0.0, most=2, now_ns=0)
    assert len(counter.rules()) == 2


def test_a_viewer_changes_no_rule(counter: Counter) -> None:
    """Receiving never implies controlling."""
    for text in ("/alert 122630 98500", "/level 1", "/off 1", "/on 1"):
        assert "알림만 받으시도록" in counter.say(text, BORA)


def test_a_volume_is_told_in_shares_and_once_a_day(counter: Counter) -> None:
    """What was understood, what it means today, and how it is written where it was not."""
    assert "3번 · 평소 하루 거래량의 2배 이상 (24,000,000주) · 하루 한 번" in counter.say("/alert 122630 거래량 2배")
    assert "평소 하루 거래량의 0.5배 이상 (6,000,000주) · 한 번만" in counter.say("/alert 122630 volume 0.5x once")
    assert "/alert 삼성전자 거래량 2배" in counter.say("/alert 122630 거래량 30분마다 2배")
    assert [(rule.id, rule.kind, rule.direction, rule.level, rule.repetition) for rule in counter.rules()[2:]] == [
        ("1-122630-n3", RuleKind.VOLUME, Direction.ABOVE, 2.0, Repetition.SESSION),
        ("1-122630-n4", RuleKind.VOLUME, Direction.ABOVE, 0.5, Repetition.ONCE),
    ]


def test_who_waits_for_a_volume_before_it_is_known_what_is_usual_is_told_so(counter: Counter) -> None:
    """A stock in its first days; nothing would come, and nobody would know why."""
    young = targets(symbol="005930", name="삼성전자")
    with open_store("analyst", counter.settings).begin() as connection:
        connection.execute(insert(analyst.targets), analyst.row_from(young))

    said = counter.say("/alert 삼성전자 거래량 2배")

    assert "3번 · 평소 하루 거래량의 2배 이상 · 하루 한 번 · 평소 거래량을 아직 몰라요. 거래된 날이 10일은" in said
    counter.say("/off 3")
    assert "3번 · 평소 하루 거래량의 2배 이상 · 하루 한 번 · ⏸ 멈춤" in counter.say("/alert 삼성전자")


def test_of_a_us_volume_it_is_said_that_one_exchange_tells(counter: Counter) -> None:
    """The shares of a usual day are those of all."""
    found = {"candidates": [{"symbol": "TQQQ", "name": "TQQQ", "venue": "NASDAQ"}], "certain": True}
    counter.desk.ports.answers["analyst", "find"] = lambda **_: found

    assert "한 거래소의 거래량만" in counter.say("/alert TQQQ volume 2x")
    assert "한 거래소의 거래량만" not in counter.say("/alert TQQQ -5%")


@pytest.mark.parametrize(
    "text", ["/alert 70000 KODEX", "/alert  KODEX   70000", "/alert \uff2b\uff2f\uff24\uff25\uff38 70000"]
)
def test_a_stock_that_is_chosen_by_button_is_waited_for_as_it_was_said(counter: Counter, text: str) -> None:
    """The amount in front, blanks and full-width letters must not cost the amount: nothing would be armed."""
    inverse = {"symbol": "114800", "name": "KODEX 인버스", "venue": "KRX"}
    counter.desk.ports.answers["analyst", "find"] = lambda words, **_: {
        "candidates": [each for each in (LEVERAGE, inverse) if each["symbol"] == words or words == "KODEX"],
        "certain": words != "KODEX",
    }
    counter.say("/add 114800")
    counter.say(text)

    [said] = counter.desk.press(ANNA, "KODEX 인버스 (114800)")

    assert "70,000원" in said
    assert [(rule.symbol, rule.level) for rule in counter.rules() if rule.kind is RuleKind.PRICE] == [
        ("114800", 70_000)
    ]
