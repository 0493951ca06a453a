"""The steps of each market's day: self-test, report, closing line, week; and who is told of them."""
