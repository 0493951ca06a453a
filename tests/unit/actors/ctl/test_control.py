"""Which stock the operator means by what he types at the shell."""

import argparse
from collections.abc import Callable

import pytest

from actors.ctl import backtest, control, kis, recompute
from actors.ctl.control import meant_symbol
from actors.runtime.errors import CommandRefused, Unanswered

GS, GOLDMAN = {"symbol": "078930", "name": "GS"}, {"symbol": "GS", "name": "골드만삭스"}
NAVER = {"symbol": "035420", "name": "NAVER"}
FOUND: dict[str, dict[str, object]] = {
    "NAVER": {"candidates": [NAVER], "certain": True},
    "naver": {"candidates": [NAVER], "certain": True},
    "GS": {"candidates": [GS, GOLDMAN], "certain": False},
    "TQQX": {"candidates": [{"symbol": "TQQQ", "name": "PROSHARES 울트라프로 QQQ"}], "certain": False},
}
"""What analyst answers to these words; to all others that it knows nothing."""

Asked = Callable[..., dict[str, object]]


def answering(asked: list[str], otherwise: dict[str, object] | None = None) -> Asked:
    """Return what asks analyst, and notes for which words."""

    def ask(_: object, _actor: str, _command: str, question: dict[str, object], _s: float) -> dict[str, object]:
        words = str(question["words"])
        asked.append(words)
        if otherwise is None:
            message = "expected an answer of analyst-1 to 'find' within 10 s, found none"
            raise Unanswered(message)
        return FOUND.get(words, otherwise)

    return ask


def meant(monkeypatch: pytest.MonkeyPatch, words: str, otherwise: dict[str, object] | None = None) -> str:
    """Return the symbol that *words* mean; analyst answers *otherwise* to what it does not know, or None: nothing."""
    monkeypatch.setattr(control, "ask_actor", answering([], otherwise))
    return meant_symbol(argparse.Namespace(code=words))


@pytest.mark.parametrize(
    ("words", "symbol"),
    [("NAVER", "035420"), ("naver", "035420"), ("tqqq", "TQQQ"), ("0126z0", "0126Z0"), ("code:gs", "GS")],
)
def test_a_korean_name_in_latin_letters_is_no_us_code(monkeypatch: pytest.MonkeyPatch, words: str, symbol: str) -> None:
    """Taken for one, NAVER is a stock that nobody watches and that there is not."""
    assert meant(monkeypatch, words, {}) == symbol


@pytest.mark.parametrize("otherwise", [None, {"unreachable": "no master file was read yet"}])
def test_a_code_needs_nobody_who_answers(monkeypatch: pytest.MonkeyPatch, otherwise: dict[str, object] | None) -> None:
    """While analyst is away, why there is no alert is asked more than ever."""
    assert meant(monkeypatch, "tqqq", otherwise) == "TQQQ"
    with pytest.raises(Unanswered, match="expected"):
        meant(monkeypatch, "삼성전자", otherwise)


@pytest.mark.parametrize("words", ["005930", "Q500001", "code:GS"])
def test_what_can_be_nothing_but_a_code_asks_nobody(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """An answer that does not come would be waited for."""
    asked: list[str] = []
    monkeypatch.setattr(control, "ask_actor", answering(asked))

    assert meant_symbol(argparse.Namespace(code=words)) == words.removeprefix("code:")
    assert asked == []


def test_what_is_a_code_and_another_stocks_name_is_asked_back_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """GS is 078930 to one, and Goldman Sachs to another."""
    with pytest.raises(CommandRefused, match=r"found 078930 GS, GS 골드만삭스: .*; code:GS is the code"):
        meant(monkeypatch, "GS", {})
    with pytest.raises(CommandRefused, match=r"found TQQQ PROSHARES 울트라프로 QQQ: `.*` shows the codes$"):
        meant(monkeypatch, "TQQX", {})


def test_whatever_takes_a_code_takes_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """One rule for all of sigmactl."""
    asked: list[str] = []
    monkeypatch.setattr(control, "ask_actor", answering(asked))
    for command in (control.add_symbol, control.remove_symbol, kis.watch, recompute.recompute, backtest.show_back_test):
        with pytest.raises(Unanswered):
            command(argparse.Namespace(code="네이버", person="", seconds=0.01, years=5.0, plot=None))

    assert asked == ["네이버"] * 5
