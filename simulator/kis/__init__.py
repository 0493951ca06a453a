"""KIS's REST and WebSocket as a client sees them.

    frames       the text of a trade record
    spoilt       frames that are no good
    answers      the JSON of WebSocket answers and their codes
    keys         approval keys and access tokens
    broker       sessions, slots and registrations: what each request is answered
    connection   one client's socket, and every way to end it
    websocket    the server of those sessions
    quotations   what each REST call about prices is answered
    masters      the master files, and `listed`, the well-known names in them
    rest         the HTTP server: headers, limits
    rest_codes   errors of REST and their shapes
    rest_faults  faults that wait for REST calls
    player       brings each fault to the part that it is about
    admin        the simulator's own orders, under /simulator

It shares nothing with `actors/kis`: a mistake there must not hide behind the same mistake here.
"""
