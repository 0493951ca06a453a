"""All that two actors must agree on, and nothing else.

`messages` is every message type, `topology` every socket, `wire` the bytes between them, `tables` and `migrations`
what lies on disk. This package imports nothing else of ours.
"""
