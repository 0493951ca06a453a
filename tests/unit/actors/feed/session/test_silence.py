"""The two clocks of a link."""

from actors.feed.session.silence import Silence

PATIENT = "no trade for 60 s while the market is open"


def silence() -> Silence:
    """Return the clocks of a link that was opened at moment 0: 25 s for frames, 60 to 200 s for trades."""
    made = Silence(link_s=25.0, data_s=60.0, data_cap_s=200.0)
    made.begin(0.0)
    return made


def keep_alive(made: Silence, until: float) -> None:
    """Let PINGPONG come every ten seconds until the moment *until*."""
    for now in range(0, int(until) + 1, 10):
        made.on_frames(float(now), with_trades=False)


def test_a_link_without_any_frame_is_dead() -> None:
    """KIS sends PINGPONG every ten seconds where nothing else comes."""
    made = silence()

    assert made.complaint(24.9, trades_expected=False) == ""
    assert made.complaint(25.0, trades_expected=False) == "no frame for 25 s"


def test_any_frame_keeps_the_link_alive() -> None:
    """Outside the sessions PINGPONG is all that comes."""
    made = silence()
    keep_alive(made, 1000)

    assert made.complaint(1010.0, trades_expected=False) == ""


def test_a_stream_without_trades_is_dead_while_the_market_trades() -> None:
    """The silent stall: socket open, PINGPONG answered, no data. Most long-running users report it."""
    made = silence()
    assert made.complaint(0.0, trades_expected=True) == ""
    keep_alive(made, 60)

    assert made.complaint(59.9, trades_expected=True) == ""
    assert made.complaint(60.0, trades_expected=True) == PATIENT


def test_patience_begins_with_the_session() -> None:
    """Connected at night, nothing traded: that is no stall at 09:00:01."""
    made = silence()
    keep_alive(made, 1000)

    assert made.complaint(1000.0, trades_expected=True) == ""
    keep_alive(made, 1060)
    assert made.complaint(1059.0, trades_expected=True) == ""
    assert made.complaint(1060.0, trades_expected=True) == PATIENT


def test_each_trade_starts_the_clock_anew() -> None:
    """One trade over all symbols is enough; one quiet symbol is no stall."""
    made = silence()
    made.complaint(0.0, trades_expected=True)
    keep_alive(made, 100)
    made.on_frames(50.0, with_trades=True)
    keep_alive(made, 100)

    assert made.complaint(109.0, trades_expected=True) == ""


def test_patience_doubles_up_to_its_cap_while_reconnecting_is_in_vain() -> None:
    """A halted market looks the same, and KIS blocks who reconnects in a loop."""
    made = silence()
    complaints = []
    for _ in range(4):
        made.begin(0.0)
        made.complaint(0.0, trades_expected=True)
        keep_alive(made, 1000)
        complaints.append(made.complaint(1000.0, trades_expected=True))

    assert [complaint.split()[3] for complaint in complaints] == ["60", "120", "200", "200"]


def test_a_trade_restores_the_first_patience() -> None:
    """The market is back; the next stall must be noticed at once."""
    made = silence()
    made.complaint(0.0, trades_expected=True)
    keep_alive(made, 60)
    made.complaint(60.0, trades_expected=True)
    made.begin(100.0)
    made.on_frames(101.0, with_trades=True)
    made.complaint(101.0, trades_expected=True)
    made.on_frames(160.0, with_trades=False)

    assert made.complaint(161.0, trades_expected=True) == PATIENT


def test_how_long_trades_have_flowed_is_counted_from_the_first_of_this_link() -> None:
    """A server that accepts and hangs up must not reset the back-off."""
    made = silence()
    assert made.trades_flowed_s == 0.0
    made.on_frames(10.0, with_trades=True)
    made.on_frames(75.0, with_trades=True)
    assert made.trades_flowed_s == 65.0

    made.begin(80.0)

    assert made.trades_flowed_s == 0.0
