"""The Bot API: its shapes, its client, what a request comes to, and what people write, brought by polling."""
