"""Does it pay? What became of alerts, and of the rule over years of bars."""
