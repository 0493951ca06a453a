"""The revisions of telegram's database, oldest first."""
