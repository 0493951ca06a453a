"""What is wanted of KIS: who watches what, in which order, on which link, at which hours."""
