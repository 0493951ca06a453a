"""What is asked over REST because no stream brings it, or to tell whether one still does."""
