"""KIS's REST and WebSocket as a client sees them. It shares nothing with `actors/kis`.

frames     the text of a trade record
answers    the JSON of WebSocket answers and their codes
keys       approval keys and access tokens
broker     sessions, slots and registrations: what each request is answered
websocket  the sockets of those sessions
rest       the HTTP server: headers, limits, errors
quotations what each REST call answers
admin      the simulator's own orders, under /simulator
"""
