"""The revisions of analyst's database, oldest first."""
