"""Sees what is alive but stuck, what supervisord has given up and what has grown too large, and has it restarted."""
