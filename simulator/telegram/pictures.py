"""Pictures that the simulated Telegram takes: their format and size, and where they are kept.

A received picture lies in `phone/<message_id>.png` below the log's directory; its `file_id` is made from that path, so
it stays valid over a restart. Only PNG and JPEG pass. Source: Bot API, sendPhoto: at most 10 MB, width and height
together at most 10,000, their ratio at most 20.
"""

import struct
from pathlib import Path

from simulator.telegram.types import ApiError, PhotoSize

__all__ = ["PICTURES", "keep_picture", "path_of_file_id", "photo_sizes"]

PICTURES = "phone"
MAX_BYTES = 10 * 1024 * 1024
MAX_WIDTH_AND_HEIGHT = 10_000
MAX_RATIO = 20
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# Start-of-frame markers, which carry the size; C4, C8 and CC in their midst mean something else.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def keep_picture(content: bytes, message_id: int, directory: Path) -> str:
    """Store an uploaded picture and return its path below *directory*.

    Raises:
        ApiError: it is empty, too big, not a picture, or of a shape that Telegram does not show.
    """
    if not content:
        raise ApiError(400, "Bad Request: file must be non-empty")
    if len(content) > MAX_BYTES:
        raise ApiError(400, f"Bad Request: file of size {len(content)} bytes is too big for a photo")
    size = _size_of(content)
    if size is None:
        raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")
    if sum(size) > MAX_WIDTH_AND_HEIGHT or min(size) == 0 or max(size) > MAX_RATIO * min(size):
        raise ApiError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    suffix = "png" if content.startswith(_PNG) else "jpg"
    path = f"{PICTURES}/{message_id}.{suffix}"
    (directory / PICTURES).mkdir(exist_ok=True, mode=0o700)
    (directory / path).write_bytes(content)
    return path


def photo_sizes(file: Path, path: str) -> list[PhotoSize]:
    """Return a stored picture as the Bot API shows it; a file that somebody removed since has no size."""
    content = file.read_bytes() if file.exists() else b""
    width, height = _size_of(content) or (0, 0)
    name = path.removeprefix(f"{PICTURES}/").replace(".", "-")
    return [
        PhotoSize(
            file_id=f"picture-{name}",
            file_unique_id=f"unique-{name}",
            width=width,
            height=height,
            file_size=len(content),
        )
    ]


def path_of_file_id(file_id: str, directory: Path) -> str:
    """Return the path of the picture that was sent before under *file_id*.

    Raises:
        ApiError: no such picture is known.
    """
    number, dash, suffix = file_id.removeprefix("picture-").partition("-")
    path = f"{PICTURES}/{number}.{suffix}"
    if not (dash and number.isdecimal() and suffix.isalpha() and (directory / path).exists()):
        raise ApiError(400, "Bad Request: wrong file identifier/HTTP URL specified")
    return path


def _size_of(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels; None for what is no picture."""
    if content.startswith(_PNG) and len(content) >= 24:  # noqa: PLR2004 -- signature, chunk header, width, height
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    return _jpeg_size(content) if content.startswith(_JPEG) else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:  # noqa: PLR2004 -- every marker begins with it
        if content[position + 1] in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return int(width), int(height)
        position += 2 + int(struct.unpack(">H", content[position + 2 : position + 4])[0])
    return None
