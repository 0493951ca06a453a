"""A bot on aiogram: it answers `/start` with a text, a button and a picture, and a pressed button by an edit.

    python bot_with_aiogram.py URL TOKEN TEXT

This program runs in .venv-conformance, where none of ours is.
"""

import asyncio
import base64
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from aiogram.filters import CommandStart
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def main() -> None:
    """Poll until told to stop."""
    url, token, text = sys.argv[1:]
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()

    async def start(message: Message) -> None:
        keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="More", callback_data="more")]])
        await message.answer(text, parse_mode="HTML", reply_markup=keyboard)
        picture = BufferedInputFile(PNG, "chart.png")
        try:
            await message.answer_photo(picture, caption="chart")
        except TelegramRetryAfter as wait:
            await asyncio.sleep(wait.retry_after)
            await message.answer_photo(picture, caption="chart")

    async def press(query: CallbackQuery) -> None:
        await query.answer("ok")
        await query.message.edit_text(query.data)

    dispatcher.message.register(start, CommandStart())
    dispatcher.callback_query.register(press)
    await bot.set_my_commands([BotCommand(command="start", description="Begin")])
    await dispatcher.start_polling(bot)


asyncio.run(main())
