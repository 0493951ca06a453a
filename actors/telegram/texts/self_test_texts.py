"""The self-test before the open, in the words of the operator. Pure; plain text, which `wire` escapes.

✅ 13/13 준비 완료 · 11월 28일 (금) 국내
시험 거래가 0.4초 만에 도착했어요.

⚠️ 12/13 준비 · 11월 28일 (금) 국내

❌ 오늘 목표가: 삼성전자
→ sigmactl targets 에 까닭이 있어요. 다시 만들려면 sigmactl recompute
"""

from actors.telegram.texts.alert_texts import Reader, clean
from actors.telegram.texts.facts import actor_name, market_name
from actors.telegram.texts.report_texts import day_text
from actors.words.catalogue import Words
from protocol.letters import REHEARSAL, Check, SelfTested

__all__ = ["self_test_text"]

LONGEST_FOUND = 200


def self_test_text(tested: SelfTested, reader: Reader) -> str:
    """Return what the operator reads."""
    words = reader.words
    failed = [check for check in tested.checks if not check.ok]
    title = words.say(
        "self-test.not-ready" if failed else "self-test.ready",
        passed=len(tested.checks) - len(failed),
        count=len(tested.checks),
        day=day_text(tested.session_date, reader),
        market=market_name(tested.market, words),
    )
    for check in tested.checks:
        if check.name == REHEARSAL and check.ok:
            title += f"\n{words.say('self-test.arrived', seconds=check.found)}"
    return "\n\n".join([title, *(_failure(check, words) for check in failed)])


def _failure(check: Check, words: Words) -> str:
    name = words.say_if_known(f"self-test.check.{check.name}") or actor_name(check.name, words)
    remedy = words.say_if_known(f"self-test.check.{check.name}.remedy") or words.say(
        "self-test.restart", actor=check.name
    )
    found = " ".join(clean(part) for part in check.found.split(" "))[:LONGEST_FOUND]
    return f"❌ {name}{': ' if found else ''}{found}\n→ {remedy}"
