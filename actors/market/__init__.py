"""What a market is: when it trades, in which steps its prices move, and the σ rule. No process of its own.

when        sessions, closed_days, almanac (what KIS says of them), schedule (steps of a day), choices (whose alerts)
prices      prices (ticks and limits), looks (what a price that was asked for tells), money, amounts
the rule    sigma, thresholds (every kind of rule), highs, volumes, obstacles
names       naming (which stock is meant), names, spellings, symbols
did it pay  backtest, outlook, bootstrap
"""
