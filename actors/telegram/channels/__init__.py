"""The ways to people: what a channel is, which there are, and a folder or module for each that is not the Bot API.

channel     what the outbox asks of one, and what it must know of it; all promises are the outbox's, the same for all
telegram    the Bot API as a channel (`actors.telegram.api`)
registry    which there are, and which of them are open
"""
