"""Daily bars in, σ targets out.

    core          which symbol needs targets for which session date, and what they are made of. Pure
    guide         what the log and the operator read of them. Pure
    history       what a source of daily bars must be able to do; kis_history, fdr_history and csv_history can
    bar_check     what of their bars may be believed, pure; checked_history stands before them and looks
    workshop      bars fetched, targets made, stored and told, one symbol at a time
    minutes       the minutes of a day, for a picture
    outcomes      what became of the alerts. Pure; aftermath writes it down
    backtests     would it have paid, on demand; worker is the child process that plays it
    verdict       what a back test says, in words. Pure
    directory     what a symbol is, and which one is meant by a name
    catalogue     the instruments on disk; renewal reads KIS's master files into it, once a day
    open_days     on which days Korea trades, asked of KIS once a day
    letters       what people are told. Pure
    names         names as search keys: syllables in their parts, initial consonants. Pure
    search        which instruments may be meant, the likeliest first. Pure
    store         bars and targets in analyst's database, and the watches in telegram's
    shell         the process

A source of bars that is down makes this actor degraded; what it knew yesterday stays.
"""
