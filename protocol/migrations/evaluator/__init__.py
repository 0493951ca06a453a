"""The revisions of evaluator's database, oldest first."""
