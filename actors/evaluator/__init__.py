"""Trades and targets in, alerts out."""
