"""Lines of master files, column by column as KIS documents them."""

import io
import zipfile

__all__ = ["korean_line", "us_line", "zipped"]


def korean_line(
    symbol: str = "005930",
    name: str = "삼성전자",
    group: str = "ST",
    *,
    tail: int = 227,
    base_price: str = "000103500",
    state: str = "NNN",
    warning: str = "00",
    ex_code: str = "00",
    market_value: str = "006000000",
) -> str:
    """Return a line of KOSPI (a *tail* of 227 characters) or KOSDAQ (221).

    *state* is three marks: halted, liquidation, administrative.
    """
    prices, states, values = (41, 60, 212) if tail == 227 else (36, 55, 206)
    letters = list(" " * tail)
    columns = {0: group, prices: base_price, states: state, states + 3: warning, states + 8: ex_code}
    for start, text in {**columns, values: market_value}.items():
        letters[start : start + len(text)] = text
    return f"{symbol:<9}{'KR7' + symbol + '003':<12}{name:<40}" + "".join(letters)


def us_line(
    symbol: str = "AAPL",
    korean: str = "애플",
    english: str = "APPLE INC",
    exchange: str = "NAS",
    *,
    sort: str = "2",
    base_price: str = "270.0000",
    product: str = "",
) -> str:
    """Return a line of a US file; *sort*: 1 index, 2 stock, 3 ETP, 4 warrant."""
    head = ["US", "21", exchange, "나스닥", symbol, f"D{exchange}{symbol}", korean, english, sort, "USD", "4", "0"]
    return "\t".join([*head, base_price, "1", "1", "0930", "1600", "N", "", "", "N", "1", product, ""])


def zipped(content: bytes, name: str = "master", copies: int = 1) -> bytes:
    """Return *content* as the one file in a zip, or as several."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(copies):
            # The same bytes whenever it is packed.
            package.writestr(zipfile.ZipInfo(f"{name}-{number}"), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
