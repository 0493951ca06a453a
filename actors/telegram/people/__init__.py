"""Who the people are, how they come in, what each may, watches, waits for, spends and wants to be spared."""
