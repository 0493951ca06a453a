"""ntfy as a publisher sees it, strictly: what it takes stands in `ntfy.jsonl`; nobody subscribes.

publications    what may be published. Pure    server    over HTTP, with limits and faults    log    what was taken
"""
