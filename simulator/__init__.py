"""The outside world in a box: KIS (REST and WebSocket), the Telegram Bot API and a market, all from one seed.

    config      what an operator may set: `[simulator]` in conf/sigmabell.toml
    clock       the world's time, and run/clock.json that tells it to everybody
    chance      independent random streams, one a purpose
    market/     sessions, tick sizes, daily bars and the trades of a seeded exchange
    kis/        KIS's REST and WebSocket as a client sees them
    telegram/   Telegram's Bot API as a client sees it, and the people who write to it
    faults      what each fault is
    script      the script that orders them, and those that wait for their moment
    recordings  recorded frames, played again
    journal     what happened, as JSON lines under data/demo/simulator/
    state       what outlives a restart of the simulator alone
    lives       where a life of the world begins: anew, the next trading day, or where the last one stands
    world       all of it running together: `running_simulator`
    phone       what the simulated phones show
    judgement/  what should have been alerted (oracle), compared with what was (checker)

It shares nothing with the actors but their configuration file and the format of run/clock.json: a mistake in
`actors/market` or `actors/kis` must not hide behind the same mistake here. File formats: docs/simulator.md.
"""
