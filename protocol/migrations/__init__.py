"""How each writer's database came to its present shape: one folder a writer, one numbered revision a change.

The owner of a database runs `python -m protocol.migrations WRITER FILE` before it opens the file for work. The
revisions are Alembic's; a test compares what they make with `protocol.tables`.
"""

__all__ = ["HEADS", "UNKNOWN_REVISION"]

HEADS = {"analyst": "0009", "evaluator": "0008", "feed": "0004", "telegram": "0013"}
"""The newest revision of each writer's database: what an actor expects to find."""

UNKNOWN_REVISION = 3
"""The exit code that says: the database is at a revision that is none of these."""
