"""The Telegram Bot API, people's phones, and what goes wrong with them: all that the bot says is logged."""
