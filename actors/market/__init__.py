"""What a market is: when it trades, in which steps its prices move, and the σ rule. No process of its own."""
