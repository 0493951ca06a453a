"""People: alerts become messages to them, and what they write becomes the watch list.

outcomes, deliveries, outbox, album    what to send next, and what its outcome means (pure)
texts, answers, commands, access       what people read and write, and what they may (pure)
wire, client                           the Bot API
store, register                        telegram's database: deliveries, and people with their watches and rules
courier, desk, shell                   perform it: messages out, commands in, the actor
"""
