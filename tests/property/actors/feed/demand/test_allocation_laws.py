"""What holds for every allocation, however links and wishes come and go."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from actors.feed.demand.allocation import Allocation, LinkState
from actors.kis.messages import Stream

PATIENCE_S = 10.0
STREAMS = [Stream("H0STCNT0", f"{number:06}") for number in range(9)]
NAMES = ("x", "y", "z")


class Links(RuleBasedStateMachine):
    """Links that come and go under a watch list that changes."""

    def __init__(self) -> None:
        super().__init__()
        self.allocation = Allocation(PATIENCE_S)
        self.now = 0.0
        self.links = {name: LinkState(3, is_up=False, is_idle=True) for name in NAMES}
        self.wanted: list[Stream] = []
        self.carried: dict[str, tuple[Stream, ...]] = {}
        self.allocate()

    @rule(
        name=st.sampled_from(NAMES),
        state=st.builds(LinkState, st.integers(1, 4), is_up=st.booleans(), is_idle=st.booleans()) | st.none(),
    )
    def change(self, name: str, state: LinkState | None) -> None:
        """A link comes up, goes down, learns its limit, or is given up."""
        self.links.pop(name, None)
        if state is not None:
            self.links[name] = state
        self.allocate()

    @rule(wanted=st.lists(st.sampled_from(STREAMS), unique=True))
    def want(self, wanted: list[Stream]) -> None:
        """People change their minds, prices their distances."""
        self.wanted = wanted
        self.allocate()

    @rule(seconds=st.sampled_from([0.5, 5.0, 11.0]))
    def pass_time(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds
        self.allocate()

    def allocate(self) -> None:
        """Ask what is to be carried."""
        self.carried = self.allocation.allocate(self.wanted, self.links, self.now)

    @invariant()
    def no_link_carries_more_than_it_may(self) -> None:
        """The next registration is refused, and whoever goes on asking is blocked."""
        for name, streams in self.carried.items():
            assert len(streams) <= self.links[name].room

    @invariant()
    def no_stream_lies_on_two_links(self) -> None:
        """Every trade of it would come twice."""
        carried = [stream for streams in self.carried.values() for stream in streams]
        assert len(carried) == len(set(carried))
        assert set(carried) <= set(self.wanted)

    @invariant()
    def room_is_left_only_when_nothing_waits(self) -> None:
        """A stream that a link could carry is not polled."""
        carried = {stream for streams in self.carried.values() for stream in streams}
        if set(self.wanted) - carried:
            assert all(len(self.carried[name]) == link.room for name, link in self.links.items())

    @invariant()
    def nothing_changes_while_nothing_happens(self) -> None:
        """What flaps by itself gets the app key blocked."""
        assert self.allocation.allocate(self.wanted, self.links, self.now) == self.carried


Links.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestLinks = Links.TestCase
