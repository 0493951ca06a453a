"""The ways to people: what a channel is, which there are, and a folder for each.

channel     what the outbox asks of one, and what it must know of it; all promises are the outbox's, the same for all
outcomes    what may come of handing a message over
telegram/   the Bot API: shapes, client, what people write, brought by polling
ntfy/       a server that a family can run on a network of its own
console/    a file, or stdout
exchange    requests over HTTP, for those that are reached so
registry    which there are, and which of them are switched on    config    their tables
"""
