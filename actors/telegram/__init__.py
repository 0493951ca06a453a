"""People: alerts and letters become messages to them, and what they write becomes what is watched.

outbox/     what goes to people, and the promise that it does: each thing once, in order, whatever breaks
channels/   the ways to people, behind one interface: the Bot API, ntfy, a console
chat/       what people write and press, and what they are answered; `command_table` is the list
people/     who they are, how they come in, what each may, watches, waits for, spends and wants to be spared
texts/      what people read, made of the words in `actors.words`
store       telegram's database: deliveries, and how far we have come
shell       the actor put together      control    what the operator may tell it      health    what is wrong outside
"""
