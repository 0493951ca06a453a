"""A bot on python-telegram-bot: it answers `/start` with text, button and picture, and a pressed button by an edit.

    python bot_with_python_telegram_bot.py URL TOKEN TEXT

This program runs in .venv-conformance, where none of ours is.
"""

import asyncio
import base64
import sys
from datetime import timedelta

from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import RetryAfter
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
URL, TOKEN, TEXT = sys.argv[1:]


async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /start; where Telegram says to wait, wait."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more")]])
    await update.message.reply_html(TEXT, reply_markup=keyboard)
    try:
        await update.message.reply_photo(PNG, caption="chart")
    except RetryAfter as wait:
        pause = wait.retry_after
        await asyncio.sleep(pause.total_seconds() if isinstance(pause, timedelta) else pause)
        await update.message.reply_photo(PNG, caption="chart")


async def press(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a pressed button at once, then edit."""
    await update.callback_query.answer("ok")
    await update.callback_query.edit_message_text(update.callback_query.data)


async def begin(application: Application) -> None:
    """Set the menu."""
    await application.bot.set_my_commands([BotCommand("start", "Begin")])


application = Application.builder().token(TOKEN).base_url(f"{URL}/bot").post_init(begin).build()
application.add_handler(CommandHandler("start", start))
application.add_handler(CallbackQueryHandler(press))
application.run_polling()
