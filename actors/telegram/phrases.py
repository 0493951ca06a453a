"""The words of the answers to commands, Korean and English. What fills the gaps is in `answers`."""

from msgspec import Struct

__all__ = ["COMMAND_LISTS", "WORDS", "Words"]

COMMAND_LISTS = {
    "ko": (
        ("list", "지켜보는 종목과 목표가"),
        ("add", "종목 추가 (예: /add 005930)"),
        ("remove", "종목 빼기 (예: /remove 005930)"),
        ("status", "잘 돌아가고 있는지 확인"),
        ("help", "도움말"),
    ),
    "en": (
        ("list", "The stocks you watch and their targets"),
        ("add", "Watch a stock (such as /add 005930)"),
        ("remove", "Stop watching a stock (such as /remove 005930)"),
        ("status", "Check that everything works"),
        ("help", "Help"),
    ),
}
"""The bot's menu by language: command and description."""


class Words(Struct, frozen=True, kw_only=True):
    """One language's answers."""

    actors: dict[str, str]
    welcome: str
    known: str
    help: str
    misused: str
    misused_add: str
    misused_remove: str
    empty: str
    list_title: str
    point: str
    odd_point: str
    no_target: str
    price_now: str
    added: str
    watched: str
    too_many: str
    removed: str
    not_watched: str
    unknown: str
    try_again: str
    not_allowed: str
    all_well: str
    not_well: str
    silent: str
    waiting: str
    working: str


WORDS = {
    "ko": Words(
        actors={
            "feed": "국내 시세",
            "us_poller": "미국 시세",
            "analyst": "목표가 계산",
            "evaluator": "알림 판단",
            "chart": "차트",
            "telegram": "메시지 전송",
            "watchdog": "감시",
        },
        welcome="반갑습니다, {name}님! 이제 매수 알림을 받으실 수 있습니다.\n\n종목을 추가해 보세요. 예: /add 005930",
        known="{name}님은 이미 등록되어 있습니다. /list 로 지켜보는 종목을 볼 수 있습니다.",
        help="사용할 수 있는 명령입니다.",
        misused="무슨 뜻인지 알 수 없습니다. /help 를 보내시면 쓸 수 있는 명령을 알려 드립니다.",
        misused_add="어떤 종목을 추가할까요? 종목 코드를 함께 보내 주세요. 예: /add 005930 또는 /add TQQQ",
        misused_remove="어떤 종목을 뺄까요? 종목 코드를 함께 보내 주세요. 예: /remove 005930",
        empty="아직 지켜보는 종목이 없습니다. 종목을 추가해 보세요. 예: /add 005930",
        list_title="📋 지켜보는 종목 {count}개",
        point="{level}차 {price} ({fall})",
        odd_point="{level}σ {price} ({fall})",
        no_target="목표가 준비 중",
        price_now="현재가 {price}",
        added="✅ {name} ({symbol})을(를) 지켜봅니다. 목표가는 /list 에서 볼 수 있습니다.",
        watched="{name} ({symbol})은(는) 이미 지켜보고 있습니다.",
        too_many="종목은 {most}개까지 지켜볼 수 있습니다. 먼저 하나를 빼 주세요. 예: /remove {symbol}",
        removed="🗑 {name} ({symbol})을(를) 뺐습니다.",
        not_watched="{symbol}은(는) 지켜보는 종목이 아닙니다. /list 로 확인해 주세요.",
        unknown="{symbol} 종목을 찾지 못했습니다. 종목 코드를 확인해 주세요. 예: /add 005930 (삼성전자), /add TQQQ",
        try_again="지금은 종목을 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.",
        not_allowed="알림만 받도록 등록되어 있어 종목을 바꿀 수 없습니다. 관리자에게 말씀해 주세요.",
        all_well="✅ 모두 정상입니다.",
        not_well="⚠️ 일부가 정상이 아닙니다. 저절로 복구되는 중일 수 있습니다.",
        silent="응답 없음",
        waiting="보내는 중인 알림 {count}건",
        working="마지막 활동 {seconds}초 전",
    ),
    "en": Words(
        actors={
            "feed": "Korean prices",
            "us_poller": "US prices",
            "analyst": "Targets",
            "evaluator": "Alert decisions",
            "chart": "Charts",
            "telegram": "Messages",
            "watchdog": "Supervision",
        },
        welcome="Welcome, {name}! You will now receive buy alerts.\n\nAdd a stock to watch, such as /add 005930",
        known="{name}, you are registered already. /list shows what you watch.",
        help="These are the commands.",
        misused="I did not understand that. Send /help to see the commands.",
        misused_add="Which stock? Send its code as well, such as /add 005930 or /add TQQQ",
        misused_remove="Which stock? Send its code as well, such as /remove 005930",
        empty="You watch nothing yet. Add a stock, such as /add 005930",
        list_title="📋 You watch {count}",
        point="No. {level} {price} ({fall})",
        odd_point="{level}σ {price} ({fall})",
        no_target="target in preparation",
        price_now="now {price}",
        added="✅ {name} ({symbol}) is watched. /list shows its targets.",
        watched="{name} ({symbol}) is watched already.",
        too_many="You can watch {most}. Remove one first, such as /remove {symbol}",
        removed="🗑 {name} ({symbol}) is no longer watched.",
        not_watched="You do not watch {symbol}. See /list.",
        unknown="I found no stock {symbol}. Please check the code, such as /add 005930 (Samsung) or /add TQQQ",
        try_again="I cannot look that up right now. Please try again in a moment.",
        not_allowed="You are registered to receive alerts only. Please ask the operator.",
        all_well="✅ Everything works.",
        not_well="⚠️ Something does not work; it may be recovering by itself.",
        silent="no answer",
        waiting="{count} alerts on their way",
        working="last active {seconds} s ago",
    ),
}
