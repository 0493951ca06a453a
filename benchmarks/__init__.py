"""What the hot path costs, beside the least that it could cost: `python -m benchmarks`, or `make bench`.

    machine.py    what it ran on                       trial.py      product and floor in turns; medians of ratios
    records.py    the trades that are played           report.py     measurements as a Markdown table
    load.py       a process: KIS as a source of load   sink.py       a process: Telegram as a place of arrival
    parse.py  feed.py  pipeline.py  latency.py  charts.py  memory.py     one subject each
    soak.py       the same line for ten minutes: is anything lost, does anybody grow?
    lines.py      the product's three actors, and the floor's, started and asked alike
    floors/       the rulers: the same work without safeguards, as fast as the same libraries go

`docs/performance.md` says how to read the figures. None of them is a test: only ratios of one run mean anything.
"""
