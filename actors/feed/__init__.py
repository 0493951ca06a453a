"""KIS WebSocket in, trades out; owner of KIS's keys and tokens.

session/    one app key's session with KIS: keys, socket, state machine, what the socket brings
demand/     what is wanted of KIS: who watches what, in which order, on which link, at which hours
gaps/       what streams have lost: noticed, filled with minute bars, told to the operator
rest/       what is asked over REST because no stream brings it, or to tell whether one still does
shell       the process: holds these together and answers what others ask
outlet      where trades leave: published, and recorded with the frames that brought them
store       feed's database              letters    what feed writes to people
"""
