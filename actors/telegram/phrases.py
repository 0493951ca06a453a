"""The words of the answers to commands, Korean and English. What fills the gaps is in `answers`."""

from msgspec import Struct

__all__ = ["COMMAND_LISTS", "WORDS", "Words"]

COMMAND_LISTS = {
    "ko": (
        ("list", "지켜보는 종목과 목표가 보기"),
        ("today", "오늘의 매수 가격 보기"),
        ("add", "종목 추가 (예: /add 삼성전자)"),
        ("remove", "종목 빼기 (예: /remove 005930)"),
        ("status", "잘 돌아가고 있는지 보기"),
        ("help", "도움말"),
    ),
    "en": (
        ("list", "The stocks you watch and their targets"),
        ("today", "The prices to buy at today"),
        ("add", "Watch a stock (such as /add 삼성전자)"),
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
    order: str
    out_of_reach: str
    no_target: str
    obstacles: dict[str, str]
    notes: dict[str, str]
    price_now: str
    added: str
    watched: str
    too_many: str
    removed: str
    not_watched: str
    unknown: str
    choose: str
    choose_so: str
    try_again: str
    not_allowed: str
    only_privately: str
    expired: str
    overdue: str
    not_yours: str
    all_well: str
    not_well: str
    silent: str
    waiting: str
    now: str
    minutes: str
    hours: str
    starting: str
    stopping: str
    ill: str


WORDS = {
    "ko": Words(
        actors={
            "feed": "국내 시세",
            "us_poller": "미국 시세",
            "analyst": "목표가 계산",
            "evaluator": "알림 판단",
            "chart": "차트",
            "telegram": "메시지 보내기",
            "watchdog": "지킴이",
        },
        welcome="반가워요, {name}님! 이제 목표가에 닿으면 알려 드릴게요.\n\n먼저 종목을 추가해 보세요. 예: /add 005930",
        known="{name}님, 이미 함께하고 계세요. 지켜보는 종목은 /list 로 볼 수 있어요.",
        help="이렇게 보내 주시면 돼요.",
        misused="무슨 말씀인지 잘 모르겠어요. /help 를 보내시면 쓰는 법을 알려 드릴게요.",
        misused_add="어떤 종목을 지켜볼까요? 이름이나 코드도 함께 보내 주세요. 예: /add 삼성전자 또는 /add 005930",
        misused_remove="어떤 종목을 뺄까요? 종목 코드도 함께 보내 주세요. 예: /remove 005930",
        empty="아직 지켜보는 종목이 없어요. 하나 추가해 보세요. 예: /add 005930",
        list_title="📋 지켜보는 종목 {count}개",
        point="{level}차 {price} ({fall})",
        odd_point="{level}σ {price} ({fall})",
        order="주문가 {price}",
        out_of_reach="오늘 하한가보다 낮아서 닿지 않아요",
        no_target="목표가를 준비하고 있어요",
        obstacles={
            "liquidation": "정리매매 중이라 목표가를 만들지 않아요",
            "no_recent_trades": "오래 거래가 없어서 오늘은 목표가가 없어요",
            "short_history": "거래된 날이 아직 적어서({returns}일) 목표가를 만들 수 없어요",
            "never_moved": "가격이 움직인 적이 없어서 목표가를 만들 수 없어요",
        },
        notes={
            "ex-dividend": "✂️ 오늘은 배당락일이에요. 배당만큼 내려 시작할 수 있어요",
            "ex-interim-dividend": "✂️ 오늘은 중간배당락일이에요. 배당만큼 내려 시작할 수 있어요",
            "ex-rights": "✂️ 오늘은 권리락일이에요. 기준가가 새로 정해져요",
            "ex-rights-and-dividend": "✂️ 오늘은 권리·배당락일이에요. 기준가가 새로 정해져요",
            "ex-rights-and-interim-dividend": "✂️ 오늘은 권리·중간배당락일이에요. 기준가가 새로 정해져요",
            "ex-distribution": "✂️ 오늘은 분배락일이에요. 분배금만큼 내려 시작할 수 있어요",
            "ex-other": "✂️ 오늘은 락일이에요. 어제와 다른 값에서 시작할 수 있어요",
            "was-halted": "⛔ 오늘 아침에는 거래정지 상태였어요",
            "administrative": "⚠️ 관리종목이에요",
            "warning": "⚠️ 투자경고 종목이에요",
            "risk": "⚠️ 투자위험 종목이에요",
        },
        price_now="현재가 {price}",
        added="✅ {name} ({symbol}), 이제 지켜볼게요. 목표가는 /list 로 볼 수 있어요.",
        watched="{name} ({symbol}), 이미 지켜보고 있어요.",
        too_many="종목은 {most}개까지 지켜볼 수 있어요. 먼저 하나를 빼 주세요. 예: /remove {symbol}",
        removed="🗑 {name} ({symbol}), 목록에서 뺐어요.",
        not_watched="지켜보는 종목 중에 {symbol} 종목은 없어요. /list 를 봐 주세요.",
        unknown="{words} 종목을 찾지 못했어요. 이름이나 코드를 한 번 더 봐 주세요. 예: /add 삼성전자, /add 005930",
        choose="🔎 어떤 종목인가요?",
        choose_so="코드로 다시 보내 주세요. 예: /add {symbol}",
        try_again="지금은 알아볼 수가 없어요. 잠시 후에 다시 보내 주세요.",
        not_allowed="알림만 받으시도록 되어 있어서 이것은 하실 수 없어요. 시그마벨을 설치한 분께 말씀해 주세요.",
        only_privately="이것은 저와 둘이 있는 대화방에서 보내 주세요.",
        expired="오래된 버튼이에요. 다시 보내 주시면 새 버튼을 드릴게요.",
        overdue="제가 한동안 답을 못 드렸어요. 아까 보내신 이것은 하지 않았어요. 필요하면 다시 보내 주세요.\n\n{text}",
        not_yours="다른 분을 위한 버튼이에요.",
        all_well="✅ 모두 잘 돌아가고 있어요.",
        not_well="⚠️ 잘 안 되는 것이 있어요. 스스로 고치는 중일 수 있어요.",
        silent="대답이 없어요",
        waiting="보내고 있는 알림 {count}건",
        now="방금도 일했어요",
        minutes="{count}분 전에 일했어요",
        hours="{count}시간 전에 일했어요",
        starting="준비하고 있어요",
        stopping="멈추고 있어요",
        ill="잘 안 되고 있어요 ({reason})",
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
        misused_add="Which stock? Send its name or code as well, such as /add 삼성전자 or /add 005930",
        misused_remove="Which stock? Send its code as well, such as /remove 005930",
        empty="You watch nothing yet. Add a stock, such as /add 005930",
        list_title="📋 You watch {count}",
        point="No. {level} {price} ({fall})",
        odd_point="{level}σ {price} ({fall})",
        order="order {price}",
        out_of_reach="below today's lower limit, out of reach",
        no_target="target in preparation",
        obstacles={
            "liquidation": "in liquidation trading, so it has no target",
            "no_recent_trades": "not traded for long, so it has no target today",
            "short_history": "traded on too few days ({returns}) for a target",
            "never_moved": "its price has never moved, so it has no target",
        },
        notes={
            "ex-dividend": "✂️ Ex-dividend today: it may open lower by the dividend",
            "ex-interim-dividend": "✂️ Ex interim dividend today: it may open lower by the dividend",
            "ex-rights": "✂️ Ex-rights today: its base price is set anew",
            "ex-rights-and-dividend": "✂️ Ex-rights and dividend today: its base price is set anew",
            "ex-rights-and-interim-dividend": "✂️ Ex-rights and interim dividend today: its base price is set anew",
            "ex-distribution": "✂️ Ex-distribution today: it may open lower by the distribution",
            "ex-other": "✂️ An ex-date of some kind today: it may open at another price",
            "was-halted": "⛔ Its trading was halted this morning",
            "administrative": "⚠️ An administrative issue",
            "warning": "⚠️ The exchange warns of investing in it",
            "risk": "⚠️ The exchange calls it an investment risk",
        },
        price_now="now {price}",
        added="✅ {name} ({symbol}) is watched. /list shows its targets.",
        watched="{name} ({symbol}) is watched already.",
        too_many="You can watch {most}. Remove one first, such as /remove {symbol}",
        removed="🗑 {name} ({symbol}) is no longer watched.",
        not_watched="You do not watch {symbol}. See /list.",
        unknown="I found no stock {words}. Please check its name or code, such as /add 삼성전자 or /add 005930",
        choose="🔎 Which one do you mean?",
        choose_so="Please send its code, such as /add {symbol}",
        try_again="I cannot look that up right now. Please try again in a moment.",
        not_allowed="You are registered to receive alerts only. Please ask the operator.",
        only_privately="Please send me this in our private chat.",
        expired="This button is too old. Send the command again for a new one.",
        overdue="I could not answer for a while and did not do this. Send it again if you still want it.\n\n{text}",
        not_yours="This button is for somebody else.",
        all_well="✅ Everything works.",
        not_well="⚠️ Something does not work; it may be recovering by itself.",
        silent="no answer",
        waiting="{count} alerts on their way",
        now="at work just now",
        minutes="last at work {count} min ago",
        hours="last at work {count} h ago",
        starting="getting ready",
        stopping="stopping",
        ill="in trouble ({reason})",
    ),
}
