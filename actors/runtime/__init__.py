"""What an actor is made of: life cycle, ports, clock, heartbeat, configuration, logging. No domain, no process."""
