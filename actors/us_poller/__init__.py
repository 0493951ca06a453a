"""US prices over HTTP in, trades out, for whatever the WebSocket does not carry.

    core          whose price is to be asked now, and which trade an answer tells of. Pure
    prices        what a source of prices must be able to do; kis_prices and fdr_prices are the two
    store         the watches in telegram's database
    shell         the process

It asks in the regular US session only; otherwise it runs and is idle.
"""
