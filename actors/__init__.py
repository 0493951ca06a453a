"""The processes of Sigmabell, and the rooms that they share.

    feed        KIS WebSocket               -> trades
    us_poller   US prices over HTTP         -> trades
    analyst     daily bars                  -> targets
    evaluator   trades and targets          -> alerts
    chart       bars and a wish             -> a picture
    telegram    alerts, pictures, chats     -> messages, the watch list
    watchdog    heartbeats                  -> restarts
    ctl         a person at a shell         -> questions to the others (`sigmactl`)

    runtime     what an actor is made of: life cycle, ports, clock, configuration, logs
    market      what a market is: sessions, tick sizes, the σ rule
    kis         what KIS is: frames, codes, REST
    fdr         what FinanceDataReader is: daily rows without a key, in a child process
    ledger      what became of each alert, read from the databases of those who wrote it down
    words       what people read: message catalogues, one a language

An actor imports runtime, market, kis, fdr, ledger and words, these import `protocol`, and no actor imports another.
"""
