"""Daily bars in, σ targets out; and whatever is told of a day.

bars/           daily bars and minutes, from each of their sources, looked at before they are believed
instruments/    what is traded: master files, names, and which stock somebody means
day/            the steps of each market's day: self-test, report, closing line, week; and who is told
payoff/         does it pay? what became of alerts, and of the rule over years
core            which symbol needs targets for which session date, and what they are made of. Pure
workshop        bars fetched, targets made, stored and told, one symbol at a time
guide           what the log and the operator read of targets. Pure
letters         what people are told. Pure
store           bars and targets in analyst's database, and the watches in telegram's
shell           the process          worker    the child process that plays back tests

A source of bars that is down makes this actor degraded; what it knew yesterday stays.
"""
