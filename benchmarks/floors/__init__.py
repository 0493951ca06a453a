"""The rulers: the same work as ours with nothing around it, as fast as the same libraries go.

    split.py       the fields of a frame, split and typed
    receive.py     a process: bare `websockets`, with and without that split
    feed.py        a process: bare `websockets`, that split, one PUB message for all that was ready
    evaluator.py   a process: SUB, a look at each trade's target, one commit, PUSH
    notifier.py    a process: PULL, one HTTP request
    chart.py       the same picture on a kept figure

They check nothing, repair nothing, tell nobody how they are, and end with their first surprise.
"""
