"""What FinanceDataReader is: daily rows without a key, from Naver (Korea) and Yahoo (US). No process of its own.

    client    asks the child process, and sorts out what is no price; what an actor imports
    worker    the child process, in which alone the library lives, and pandas with it (110 MB)

The library has no time-outs, prints its errors to stdout, and an outage looks like an unknown symbol: the child is
killed at a deadline, speaks over pipes of its own, and an empty answer is "no answer", never "no history".
"""
