"""`python -m actors.feed`: the process."""

from actors.feed.config import FeedConfig
from actors.feed.shell import run
from actors.runtime.process import run_actor

if __name__ == "__main__":
    run_actor("feed", FeedConfig, run)
