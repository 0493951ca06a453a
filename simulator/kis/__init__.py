"""KIS's REST and WebSocket as a client sees them.

    frames         the text of trade records
    notices        the owner's own fills, encrypted
    spoilt         frames that are no good
    disorder       frames that are spoilt, dropped, doubled or late
    publisher      brings trades and news to who has registered for them
    answers        the JSON of WebSocket answers and their codes
    answer_faults  answers that are wrong, doubled, late or withheld
    keys           approval keys and access tokens
    broker         sessions, slots and registrations: what each request is answered
    connection     one client's socket, and every way to end it
    websocket      the server of those sessions
    events         interruptions, halts, circuit breakers, filled orders
    queries        what a REST call asks for
    quotations     what each REST call about prices is answered
    minute_bars    ... about one-minute bars
    registry       ... about instruments and days
    masters        the master files, and `listed`, the well-known names in them
    rest           the HTTP server: headers, limits
    rest_codes     errors of REST and their shapes
    rest_faults    faults that wait for REST calls
    player         brings each fault to the part that it is about
    admin          the simulator's own orders, under /simulator

It shares nothing with `actors/kis`: a mistake there must not hide behind the same mistake here.
"""
