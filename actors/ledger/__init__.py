"""What became of each alert, read from the databases of those who wrote it down. For who asks, whoever it is.

rows     an alert and its deliveries. Pure
alerts   every alert with its deliveries and outcomes
story    the steps of one, with the time between each. Pure
"""
