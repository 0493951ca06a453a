"""The self-test before the open, in the words of the operator. Pure; plain text, which `wire` escapes.

✅ 13/13 준비 완료 · 11월 28일 (금) 국내
시험 거래가 0.4초 만에 도착했어요.

⚠️ 12/13 준비 · 11월 28일 (금) 국내

❌ 오늘 목표가: 삼성전자
→ sigmactl targets 에 까닭이 있어요. 다시 만들려면 sigmactl recompute
"""

from msgspec import Struct

from actors.telegram.facts import actor_name
from actors.telegram.report_texts import MARKETS, day_text
from actors.telegram.texts import Reader, clean
from actors.words.catalogue import words_in
from protocol.letters import REHEARSAL, Check, SelfTested

__all__ = ["self_test_text"]

LONGEST_FOUND = 200


class _Words(Struct, frozen=True, kw_only=True):
    """One language's words: what each check looks at, and what to do where it fails."""

    ready: str
    not_ready: str
    checks: dict[str, str]
    remedies: dict[str, str]
    arrived: str
    restart: str


WORDS = {
    "ko": _Words(
        ready="✅ {passed}/{count} 준비 완료 · {day} {market}",
        not_ready="⚠️ {passed}/{count} 준비 · {day} {market}",
        checks={
            "link": "KIS 연결",
            "token": "KIS 토큰",
            "streams": "시세 받기",
            "bars": "지난 거래일의 일봉",
            "targets": "오늘 목표가",
            "clock": "시계",
            REHEARSAL: "시험 거래",
        },
        remedies={
            "link": "sigmactl kis check 로 까닭을 보세요. 같은 앱키를 쓰는 다른 프로그램이 있으면 꺼 주세요",
            "token": "잠시 뒤 sigmactl kis check 로 다시 보세요",
            "streams": "sigmactl kis subscriptions 에 종목마다 까닭이 있어요",
            "bars": "sigmactl recompute 로 다시 받아 보세요",
            "targets": "sigmactl targets 에 까닭이 있어요. 다시 만들려면 sigmactl recompute",
            "clock": "timedatectl set-ntp true 로 시계를 맞춰 주세요",
            REHEARSAL: "sigmactl status 를 보세요. 거기까지 오다가 멈춘 곳이에요",
        },
        arrived="시험 거래가 {seconds}초 만에 도착했어요.",
        restart="sigmactl status 를 보고, 그대로면 sigmactl restart {actor}",
    ),
    "en": _Words(
        ready="✅ {passed}/{count} ready · {market}, {day}",
        not_ready="⚠️ {passed}/{count} ready · {market}, {day}",
        checks={
            "link": "connection to KIS",
            "token": "KIS token",
            "streams": "prices",
            "bars": "bars of the last session",
            "targets": "today's targets",
            "clock": "clock",
            REHEARSAL: "test trade",
        },
        remedies={
            "link": "sigmactl kis check says why; stop any other program that uses the app key",
            "token": "look again in a moment with sigmactl kis check",
            "streams": "sigmactl kis subscriptions says why for each symbol",
            "bars": "read them again: sigmactl recompute",
            "targets": "sigmactl targets says why; to make them anew: sigmactl recompute",
            "clock": "set it: timedatectl set-ntp true",
            REHEARSAL: "see sigmactl status: it came as far as there",
        },
        arrived="The test trade took {seconds} s to arrive.",
        restart="see sigmactl status; if it stays so, sigmactl restart {actor}",
    ),
}


def self_test_text(tested: SelfTested, reader: Reader) -> str:
    """Return what the operator reads."""
    words = WORDS[reader.language]
    failed = [check for check in tested.checks if not check.ok]
    title = (words.not_ready if failed else words.ready).format(
        passed=len(tested.checks) - len(failed),
        count=len(tested.checks),
        day=day_text(tested.session_date, reader),
        market=MARKETS[reader.language][tested.market],
    )
    for check in tested.checks:
        if check.name == REHEARSAL and check.ok:
            title += f"\n{words.arrived.format(seconds=check.found)}"
    return "\n\n".join([title, *(_failure(check, reader) for check in failed)])


def _failure(check: Check, reader: Reader) -> str:
    words = WORDS[reader.language]
    name = words.checks.get(check.name) or actor_name(check.name, words_in(reader.language))
    remedy = words.remedies.get(check.name) or words.restart.format(actor=check.name)
    found = " ".join(clean(part) for part in check.found.split(" "))[:LONGEST_FOUND]
    return f"❌ {name}{': ' if found else ''}{found}\n→ {remedy}"
