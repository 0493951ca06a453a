"""`sigmactl`, the operator's command line: it visits the actors, asks, shows, and never writes what is theirs.

Exit codes: 0 all is well, 1 it is not, 2 wrong usage, 78 wrong configuration. Every waiting has an end.
"""
