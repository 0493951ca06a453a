"""What the operator reads before the open."""

from zoneinfo import ZoneInfo

from actors.telegram.texts.alert_texts import Reader
from actors.telegram.texts.self_test_texts import self_test_text
from actors.words.catalogue import LANGUAGES, words_in
from protocol.letters import REHEARSAL, Check, SelfTested
from protocol.messages import Market
from tests.support.market import DAY

KOREAN, ENGLISH = (Reader(language, ZoneInfo("Asia/Seoul")) for language in ("ko", "en"))
NAMES = ("feed", "us_poller", "evaluator", "chart", "telegram", "watchdog")
OTHERS = ("link", "token", "streams", "bars", "targets", "clock", REHEARSAL)
WELL = [Check(name=name, ok=True, found="0.4") for name in (*NAMES, *OTHERS)]


def self_test(*failed: Check) -> SelfTested:
    """Return a self-test in which these failed, in place of the last ones."""
    checks = [*WELL[: len(WELL) - len(failed)], *failed]
    return SelfTested(market=Market.KRX, session_date=DAY, checks=checks)


def test_all_is_well_in_two_lines() -> None:
    """One glance, and on with breakfast."""
    assert self_test_text(self_test(), KOREAN) == (
        "✅ 13/13 준비 완료 · 11월 28일 (금) 국내\n시험 거래가 0.4초 만에 도착했어요."
    )
    assert self_test_text(self_test(), ENGLISH) == (
        "✅ 13/13 ready · Korea, Fri 28 Nov\nThe test trade took 0.4 s to arrive."
    )


def test_what_failed_is_told_with_its_remedy() -> None:
    """Five minutes before the open nobody reads a manual."""
    text = self_test_text(
        self_test(
            Check(name="chart", ok=False, found="it does not answer"), Check(name="targets", ok=False, found="A, B")
        ),
        KOREAN,
    )

    assert text == (
        "⚠️ 11/13 준비 · 11월 28일 (금) 국내\n\n"
        "❌ 차트: it does not answer\n"
        "→ sigmactl status 를 보고, 그대로면 sigmactl restart chart\n\n"
        "❌ 오늘 목표가: A, B\n"
        "→ sigmactl targets 에 까닭이 있어요. 다시 만들려면 sigmactl recompute"
    )


def test_every_check_has_its_name_and_its_remedy_in_both_languages() -> None:
    """A bare code is no plain word."""
    for words in map(words_in, LANGUAGES):
        for name in OTHERS:
            assert words.say(f"self-test.check.{name}")
            assert words.say(f"self-test.check.{name}.remedy")
        assert all(words.say_if_known(f"fact.actor.{name}") for name in NAMES)


def test_a_long_reason_is_cut_and_nothing_found_is_no_colon() -> None:
    """All thirteen may fail at once; the message must still fit."""
    worst = [Check(name=check.name, ok=False, found="x" * 60 + " " + "y " * 500) for check in WELL]
    assert len(self_test_text(self_test(*worst), ENGLISH)) < 4_096
    assert "❌ KIS 연결\n→" in self_test_text(self_test(Check(name="link", ok=False, found="")), KOREAN)
