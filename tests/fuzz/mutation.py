"""What could have been sent: good input with a few things changed, cut out, put in or said twice. Pure.

Every input is made from its name, seed and number alone, so that one which did harm can be made again.
"""

import random
from collections.abc import Sequence

__all__ = ["mutant"]

MOST_CHANGES = 6
LONGEST_CUT = 64
LONGEST = 64 * 1024
TOKENS = (
    *(bytes((code,)) for code in (0x00, 0x0A, 0x7F, 0x80, 0xC1, 0xD8, 0xDC, 0xFF)),
    *b'^ | { } [ ] " : , \\ \t \r\n ; = % + _ .'.split(b" "),
    *(b"-1", b"0", b"000", b"1e400", b"-1e-400", b"NaN", b"Infinity", b"9" * 20, b"9" * 5000, b"0x1f", b"1_0", b"1.5"),
    *(b"null", b"true", b"(null)", b"PINGPONG", b"H0STCNT0", b"HDFSCNT0", b"H0STMKO0", b"H0STCNI0", b"rt_cd"),
    *(
        b"\\ud800",
        b"[" * 3000,
        b'{"a":' * 3000,
        "\uff11\uff12".encode(),
        "ㅅㅅㅈㅈ".encode(),
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
    ),
)


def mutant(seeds: Sequence[bytes], name: str, seed: int, number: int) -> bytes:
    """Return input *number* of a campaign: one of the *seeds* after one or more changes, sometimes nothing of them."""
    chance = random.Random(f"{name} {seed} {number}")
    text = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, MOST_CHANGES)):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.randint(0, LONGEST_CUT))
        match chance.randrange(8):
            case 0:
                text[start:start] = chance.choice(TOKENS)
            case 1:
                text[start:end] = chance.choice(TOKENS)
            case 2:
                del text[start:end]
            case 3:
                text[start:start] = text[start:end] * chance.randint(1, 4)
            case 4:
                del text[start:]
            case 5:
                other = chance.choice(seeds)
                text[start:] = other[chance.randint(0, len(other)) :]
            case 6 if text:
                text[start - 1] ^= 1 << chance.randrange(8)
            case _:
                text[start:start] = chance.randbytes(chance.randint(1, 8))
    return bytes(text[:LONGEST])
