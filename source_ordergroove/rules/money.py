"""Decimal text to JSON numbers, to the last digit.

The vendor writes every amount as text ("19.99"). A double carries 15 significant digits of any
decimal; what needs more is written into the output as a JSON number of its own.
"""

import re
from decimal import Decimal
from math import isinf

from orjson import Fragment, JSONDecodeError, loads

# 15 significant digits and a decimal point: what every double gives back unchanged.
_SAFE_LENGTH = 16
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def exact_number(text: str) -> int | float | Fragment | None:
    """Return the JSON number that equals *text* in every digit, None if *text* is no number.

    An int or a float where that is exact; otherwise an `orjson.Fragment` of the canonical decimal,
    which only `orjson.dumps` can write (it can be neither read back, compared nor pickled).

    Surrounding blanks, a leading `+`, leading zeros, `1.`, `.5` and exponents (a database writes
    zero as `0E-8`) are numbers. `NaN`, `Infinity`, `1,000.00`, `1_000`, digits of other scripts
    and what a JSON reader would take for infinity are not.
    """
    try:
        # It checks the grammar while it parses, at a third of the cost of a pattern and `float()`.
        value = loads(text)
    except JSONDecodeError:
        return _exact_decimal(text)
    if value.__class__ is float:
        plain = len(text) <= _SAFE_LENGTH and "e" not in text and "E" not in text
        return value if plain else _exact_decimal(text)
    return value if value.__class__ is int else None


def _exact_decimal(text: str) -> float | Fragment | None:
    stripped = text.strip()
    if not _DECIMAL.fullmatch(stripped):
        return None
    as_float = float(stripped)
    if isinf(as_float):
        return None
    number = Decimal(stripped)
    return as_float if Decimal(repr(as_float)) == number else Fragment(str(number))
