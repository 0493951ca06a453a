"""One app key's session with KIS: its keys, its socket, what the socket brings, and the two clocks that watch it."""
