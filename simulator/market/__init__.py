"""A seeded exchange: sessions, tick sizes, daily bars and trades. It shares nothing with `actors/market`."""
