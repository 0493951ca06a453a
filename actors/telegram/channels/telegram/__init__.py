"""The Bot API, as a channel and as the way in: its shapes, its client, and what people write, brought by polling."""
