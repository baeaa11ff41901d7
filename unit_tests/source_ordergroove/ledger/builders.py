"""Keys of every form, as strategies and as seeded sequences."""

import random

from hypothesis import strategies as st

_EVERY_CHARACTER = st.characters(exclude_categories=())  # lone surrogates too

HEX = st.integers(0, 2**128 - 1).map("{:032x}".format)
INTEGERS = st.integers(0, 10**19 - 1).map(str)
NEAR_MISSES = st.sampled_from(
    [
        "",
        "00",
        "007",
        "-1",
        "+1",
        "1 ",
        "1\n",
        "٣",
        "10000000000000000000",
        "18446744073709551616",
        "F" * 32,
        "0" * 31 + "F",
        "0" * 32,
        "0" * 33,
        "f" * 32 + "\n",
        "\x00",
        "\x00\x00",
        "a\x00",
        "a",
        "ýþÿ",
        "0b9f0000-0000-1000-8000-00000000000b",
        "0B9f0000-0000-1000-8000-00000000000b",
        "\ud83d\ude00",
        "😀",
        "k" * 5_000,
    ]
)
TEXT = st.one_of(
    st.text(_EVERY_CHARACTER, max_size=20),
    st.uuids().map(str),
    st.tuples(HEX, HEX).map("|".join),
    st.tuples(st.text(max_size=5), HEX).map("".join),
)
KEYS = st.one_of(HEX, INTEGERS, NEAR_MISSES, TEXT)
KEY_SETS = st.sets(KEYS, max_size=25)


def random_hex(count: int, seed: int = 0) -> list[str]:
    digits = random.Random(seed).randbytes(16 * count).hex()
    return [digits[at : at + 32] for at in range(0, len(digits), 32)]


def numeric(count: int, seed: int = 0) -> list[str]:
    """Ids of a busy shop: about every fiftieth belongs to this merchant."""
    dice, number, found = random.Random(seed), 10**12, []
    for _ in range(count):
        number += 1 + int(dice.expovariate(1 / 50))
        found.append(str(number))
    return found


def time_based(count: int, seed: int = 0, *, processes: int = 200) -> list[str]:
    """UUIDs of version 1 without dashes, made by so many processes within three years.

    No process stands for a clock sequence of its own in every id.
    """
    dice = random.Random(seed)
    makers = [dice.randbytes(8).hex() for _ in range(processes)]
    found = []
    for _ in range(count):
        ticks = f"{0x1E8000000000000 + dice.randrange(950_000_000_000_000):015x}"
        maker = dice.choice(makers) if makers else dice.randbytes(2).hex() + "bc764e1043bb"
        found.append(f"{ticks[7:]}{ticks[3:7]}1{ticks[:3]}{maker}")
    return found


def texts(count: int, seed: int = 0) -> list[str]:
    """Customer ids as some shops make them: 28 letters and digits."""
    dice = random.Random(seed)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return ["".join(dice.choices(letters, k=28)) for _ in range(count)]
