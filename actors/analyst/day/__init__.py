"""The steps of each market's day: self-test, report, closing line, week; and who is told of them.

day         does what is due      logbook     what is done, on disk
report, closing, self_test    what people are told, pure; their plurals (`reports` …) read for it and write it
closed_days the line of a day without trading
rehearsal   the made-up trade of the self-test      day_charts   the picture of a day
people, person      who is told        open_days   on which days Korea trades, by KIS's word
"""
