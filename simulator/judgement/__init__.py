"""What should have been alerted (oracle), and what was: the checker. Shares no line with the actors that it judges."""
