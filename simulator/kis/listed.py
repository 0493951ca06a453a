"""Well-known names that the simulated master files list beside what is traded, so that searching has something to find.

Code and name are public; prices (won, dollars) and market values (100 million won) are made up and round.
"""

from typing import NamedTuple

__all__ = ["KOSDAQ_NAMES", "KOSPI_NAMES", "US_NAMES", "ListedName"]


class ListedName(NamedTuple):
    """One line of a master file."""

    code: str
    name: str
    """In Korean."""
    kind: str = "share"
    venue: str = "KRX"
    english: str = ""
    base_price: float = 50_000
    market_value: int = 100_000
    """100 million won."""
    marks: str = "NNN"
    """Whether it is halted, in liquidation trading, an administrative issue."""
    ex_code: str = "00"
    """00 none, 01 ex-rights, 02 ex-dividend, 03 to 07 as KIS lists them."""


KOSPI_NAMES = (
    ListedName("005930", "삼성전자", base_price=103_500, market_value=6_000_000),
    ListedName("005935", "삼성전자우", base_price=81_000, market_value=650_000),
    ListedName("000660", "SK하이닉스", base_price=544_000, market_value=4_000_000),
    ListedName("207940", "삼성바이오로직스", base_price=1_200_000, market_value=850_000),
    ListedName("028260", "삼성물산", base_price=200_000, market_value=370_000),
    ListedName("032830", "삼성생명", base_price=150_000, market_value=300_000),
    ListedName("009150", "삼성전기", base_price=230_000, market_value=170_000),
    ListedName("006400", "삼성SDI", base_price=300_000, market_value=240_000),
    ListedName("016360", "삼성증권", base_price=80_000, market_value=70_000),
    ListedName("373220", "LG에너지솔루션", base_price=400_000, market_value=940_000),
    ListedName("051910", "LG화학", base_price=350_000, market_value=250_000),
    ListedName("066570", "LG전자", base_price=90_000, market_value=150_000),
    ListedName("005380", "현대차", base_price=260_000, market_value=540_000),
    ListedName("012330", "현대모비스", base_price=300_000, market_value=280_000),
    ListedName("000270", "기아", base_price=115_000, market_value=450_000),
    ListedName("035420", "NAVER", base_price=250_000, market_value=390_000),
    ListedName("035720", "카카오", base_price=60_000, market_value=260_000),
    ListedName("068270", "셀트리온", base_price=180_000, market_value=410_000),
    ListedName("105560", "KB금융", base_price=120_000, market_value=460_000),
    ListedName("055550", "신한지주", base_price=75_000, market_value=360_000),
    ListedName("033780", "KT&G", base_price=140_000, market_value=160_000),
    ListedName("030200", "KT", base_price=50_000, market_value=130_000),
    ListedName("017670", "SK텔레콤", base_price=53_000, market_value=110_000),
    ListedName("034730", "SK", base_price=260_000, market_value=190_000),
    ListedName("069500", "KODEX 200", "etf", base_price=56_000, market_value=110_000),
    ListedName("122630", "KODEX 레버리지", "etf", base_price=72_665, market_value=30_000),
    ListedName("114800", "KODEX 인버스", "etf", base_price=2_500, market_value=6_000),
    ListedName("252670", "KODEX 200선물인버스2X", "etf", base_price=900, market_value=14_000),
    ListedName("498400", "KODEX 200타겟위클리커버드콜", "etf", base_price=12_230, market_value=15_000),
    ListedName("102110", "TIGER 200", "etf", base_price=56_000, market_value=50_000),
    ListedName("360750", "TIGER 미국S&P500", "etf", base_price=24_000, market_value=110_000),
    ListedName("Q530031", "삼성 레버리지 WTI원유 선물 ETN", "etn", base_price=900, market_value=800),
)

KOSDAQ_NAMES = (
    ListedName("247540", "에코프로비엠", base_price=160_000, market_value=160_000),
    ListedName("086520", "에코프로", base_price=90_000, market_value=120_000),
    ListedName("196170", "알테오젠", base_price=500_000, market_value=270_000),
    ListedName("028300", "HLB", base_price=45_000, market_value=60_000),
    ListedName("035900", "JYP Ent.", base_price=70_000, market_value=25_000),
    ListedName("041510", "에스엠", base_price=100_000, market_value=23_000),
    ListedName("263750", "펄어비스", base_price=38_000, market_value=24_000),
    ListedName("293490", "카카오게임즈", base_price=16_000, market_value=13_000),
)

US_NAMES = (
    ListedName("AAPL", "애플", "share", "NASDAQ", "APPLE INC", 270.0),
    ListedName("MSFT", "마이크로소프트", "share", "NASDAQ", "MICROSOFT CORP", 480.0),
    ListedName("NVDA", "엔비디아", "share", "NASDAQ", "NVIDIA CORP", 180.0),
    ListedName("TSLA", "테슬라", "share", "NASDAQ", "TESLA INC", 430.0),
    ListedName("AMZN", "아마존닷컴", "share", "NASDAQ", "AMAZON.COM INC", 230.0),
    ListedName("GOOGL", "알파벳 A", "share", "NASDAQ", "ALPHABET INC CLASS A", 320.0),
    ListedName("META", "메타 플랫폼스", "share", "NASDAQ", "META PLATFORMS INC CLASS A", 640.0),
    ListedName("AMD", "AMD", "share", "NASDAQ", "ADVANCED MICRO DEVICES INC", 215.0),
    ListedName("QQQ", "인베스코 QQQ ETF", "etf", "NASDAQ", "INVESCO QQQ TRUST SERIES 1", 610.0),
    ListedName("TQQQ", "프로셰어즈 울트라프로 QQQ ETF", "etf", "NASDAQ", "PROSHARES ULTRAPRO QQQ", 53.94),
    ListedName("BRK/B", "버크셔 해서웨이 B", "share", "NYSE", "BERKSHIRE HATHAWAY INC CLASS B", 510.0),
    ListedName("CPNG", "쿠팡", "share", "NYSE", "COUPANG INC CLASS A", 28.0),
    ListedName("DIS", "월트 디즈니", "share", "NYSE", "WALT DISNEY CO", 104.0),
    ListedName("JPM", "JP모간 체이스", "share", "NYSE", "JPMORGAN CHASE & CO", 310.0),
    ListedName("KO", "코카콜라", "share", "NYSE", "COCA-COLA CO", 73.0),
    ListedName("SPY", "SPDR S&P500 ETF", "etf", "AMEX", "SPDR S&P 500 ETF TRUST", 680.0),
    ListedName("SOXL", "디렉시온 반도체 3배 ETF", "etf", "AMEX", "DIREXION DAILY SEMICONDUCTOR BULL 3X", 41.27),
    ListedName("SOXS", "디렉시온 반도체 인버스 3배 ETF", "etf", "AMEX", "DIREXION DAILY SEMICONDUCTOR BEAR 3X", 3.6),
    ListedName("SCHD", "슈왑 미국 배당주 ETF", "etf", "AMEX", "SCHWAB US DIVIDEND EQUITY ETF", 27.0),
)
