"""What goes to people, and the promise that it does: each thing once, in order, whatever breaks (docs/outbox.md).

courier       puts all of it together
in            intake: alerts and letters become deliveries; sources, reading (what others wrote down), addressees
what next     outboxes, outbox, chat_queue; deliveries (the life of one), patience, pace, spared
out           dispatch: claims, senders, record (on disk before, in threads, on disk after); aftermath (who else learns)
how           etiquette, manner, wording, keyboards
pictures      wishes, album, pictures
edits         folds, editor
channels      switched_off, open_line
"""
