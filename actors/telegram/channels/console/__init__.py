"""The console: a file or stdout, for who wants to see messages without a phone, or hand them to a program.

config    [telegram.channels.console]    client    the channel
"""
