"""KIS WebSocket in, trades out; owner of KIS's keys and tokens.

core            when to get a key, connect, subscribe, give up waiting: the link as a state machine
subscriptions   which streams are wanted, asked for, confirmed, refused
intake          frames -> trades, and what else the socket says
allocation      which link carries which stream
link            one app key's session: performs what its core decides
client          the WebSocket            keys    approval keys and access tokens, within their budgets
store           feed's database          watch_list    what telegram's people watch
outlet          where trades leave: published, and recorded with the frames that brought them
"""
