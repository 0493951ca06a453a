"""The revisions of feed's database, oldest first."""
