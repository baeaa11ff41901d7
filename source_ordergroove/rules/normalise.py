"""Bring vendor records to the types their stream's schema declares.

One column, one type: the vendor sends some fields as several (ordergroove-api H.8). The rules, for
the declared top-level columns of a record; nested values, undeclared columns, absent columns, nulls
and columns named `_og_*` stay as sent.

| column | as sent | becomes |
|---|---|---|
| string | text, also `""` and `"null"` | itself |
| | number, boolean, object, list | its JSON text: `12` is `"12"`, `true` is `"true"` |
| number | JSON number | itself |
| | decimal text | the JSON number equal to it in every digit (see money.py) |
| integer | JSON integer; integral float below 2^53 | itself; that integer |
| | integer text, also `"3.00"`, within 64 bits | that integer; `"007"` is a code and does not fit |
| boolean | boolean | itself |
| | `"true"`, `"false"` in any case; 1, 0, `"1"`, `"0"` | that boolean |
| object | object | itself |
| | text of a JSON object | that object |
| | other text | `{"_raw": text}` |
| | list, number, boolean | `{"_raw": its JSON text}` |
| array | list | itself |
| | object | a list of that object |
| | text of a JSON list or object | that list; a list of that object |
| | other text | its comma-separated parts, trimmed, empty ones left out; `""` is `[]` |
| naive timestamp | `YYYY-MM-DD HH:MM[:SS[.f]]`, blank or `T` between | `YYYY-MM-DDTHH:MM:SS[.f]` |
| | `YYYY-MM-DD` | that day at `T00:00:00` |
| zoned timestamp | the same with `Z` or an offset | `T` between, offset as `+HH:MM` |
| date | `YYYY-MM-DD` | itself |
| | a naive timestamp | its day; a time other than midnight is kept as well (below) |
| all but string | `"null"`, and (but for arrays) `""` or blanks | null |

A value that fits no rule (`"free"` in a number column, an offset in a naive timestamp, none in a
zoned one, 2017-02-29) leaves null in its column and stays readable, as sent, in the record's
`_og_unparsed` object under the column's name. Normalising a normalised record changes nothing.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from orjson import Fragment, JSONDecodeError, dumps, loads

from source_ordergroove.rules.money import exact_number

UNPARSED = "_og_unparsed"

_OWN_PREFIX = "_og_"
_NULL_TEXTS = frozenset({"", "null"})
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_INTEGER = re.compile(r"(-?(?:0|[1-9][0-9]{0,19}))(?:\.0*)?")
# orjson writes the integers from -2^63 to 2^64-1; a float is exact on integers up to 2^53.
_MIN_INTEGER, _MAX_INTEGER, _MAX_EXACT_FLOAT = -(2**63), 2**64 - 1, 2**53
# Numbers in JSON text that a double may not carry: so long, or so small.
_DEMANDING_NUMBER = re.compile(r"[0-9.]{16}|[eE]-[0-9]{3}")
# Every third character from the first dash: what separates the parts of a naive timestamp.
_NAIVE_SEPARATORS = ("-- ::", "--T::")
_from_iso = datetime.fromisoformat
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?:(Z)|([+-](?:[01][0-9]|2[0-3]))(?::?([0-5][0-9]))?)?)?",
)


class Normaliser:
    """Compiled from a stream's JSON schema once; brings one vendor record to it, in place."""

    __slots__ = ("_as_sent", "_from_other", "_from_text", "_rules")

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Compile *schema*, a JSON schema of type object.

        Raises ValueError, naming the column, if one does not declare exactly one non-null type.
        """
        self._rules = rules = {
            column: _rules(column, declared)
            for column, declared in schema["properties"].items()
            if not column.startswith(_OWN_PREFIX)
        }
        self._as_sent = {column: rule.as_sent for column, rule in rules.items()}
        self._from_text = {column: rule.from_text for column, rule in rules.items()}
        self._from_other = {column: rule.from_other for column, rule in rules.items()}

    def __call__(self, record: dict[str, Any]) -> None:
        """Normalise the declared columns of *record*, a JSON object as the vendor sent it."""
        as_sent = self._as_sent.get
        from_text = self._from_text.get
        from_other = self._from_other.get
        misfits = []
        for column, value in record.items():
            # Most fields end here; `__class__` costs a quarter less than `type()`.
            if value is None or value.__class__ is as_sent(column):
                continue
            convert = from_text(column) if value.__class__ is str else from_other(column)
            if convert is None:
                continue
            record[column] = converted = convert(value)
            if converted is None and not _is_null(value):
                misfits.append((column, value))
        # Only now: a dict must not grow while it is walked.
        for column, value in misfits:
            record[column] = self._rules[column].from_misfit(value)
            keep_unparsed(record, column, value)


def keep_unparsed(record: dict[str, Any], column: str, value: object) -> None:
    """Keep *value*, which does not fit its *column*, in the record's `_og_unparsed` object."""
    record.setdefault(UNPARSED, {})[column] = value


def _never(_: object) -> None:
    return None


class _Rules(NamedTuple):
    """What becomes of a column's values; a rule answers None for a value that does not fit."""

    as_sent: type[Any] | None
    """The class that passes as it is, None if every value has to be looked at."""
    from_text: Callable[[str], Any]
    from_other: Callable[[Any], Any]
    from_misfit: Callable[[Any], Any] = _never
    """What the column takes of a value that is kept as sent because it does not fit."""


def _rules(column: str, declared: Mapping[str, Any]) -> _Rules:
    """Return the rules for *column*, declared in a JSON schema as *declared*."""
    listed = declared.get("type", [])
    types = {listed} if isinstance(listed, str) else set(listed)
    types.discard("null")
    kind = types.pop() if len(types) == 1 else None
    if kind == "string" and declared.get("format") == "date":
        return _DATE
    if kind == "string" and declared.get("format") == "date-time":
        # Airbyte reads a date-time that says nothing more as zoned.
        naive = declared.get("airbyte_type") == "timestamp_without_timezone"
        return _NAIVE if naive else _ZONED
    if kind not in _RULES:
        raise ValueError(
            f"Column `{column}` must declare exactly one type besides null, not {listed!r}."
        )
    return _RULES[kind]


def _is_null(value: object) -> bool:
    return isinstance(value, str) and value.strip() in _NULL_TEXTS


def _json_text(value: object) -> str:
    return dumps(value).decode()


def _number(value: object) -> object:
    return value if value.__class__ is int or value.__class__ is Fragment else None


def _integer_from_text(text: str) -> int | None:
    match = _INTEGER.fullmatch(text.strip())
    number = int(match[1]) if match else None
    return number if number is not None and _MIN_INTEGER <= number <= _MAX_INTEGER else None


def _integer(value: object) -> int | None:
    exact = isinstance(value, float) and value.is_integer() and abs(value) <= _MAX_EXACT_FLOAT
    return int(value) if isinstance(value, float) and exact else None


def _boolean_from_text(text: str) -> bool | None:
    return _BOOLEANS.get(text.strip().lower())


def _boolean(value: object) -> bool | None:
    return bool(value) if isinstance(value, int) and value in {0, 1} else None


def _object_from_text(text: str) -> dict[str, Any] | None:
    if _is_null(text):
        return None
    parsed = _parse(text)
    return parsed if isinstance(parsed, dict) else {"_raw": text}


def _object(value: object) -> dict[str, Any]:
    return {"_raw": _json_text(value)}


def _array_from_text(text: str) -> list[Any] | None:
    trimmed = text.strip()
    if trimmed == "null":
        return None
    if trimmed.startswith(("[", "{")):
        parsed = _parse(trimmed)
        return [parsed] if isinstance(parsed, dict) else parsed
    return [part for part in map(str.strip, trimmed.split(",")) if part]


def _array(value: object) -> list[Any] | None:
    return [value] if isinstance(value, dict) else None


def _naive(text: str) -> str | None:
    # The vendor's own form at a third of the pattern's cost: the separators are in place and the
    # calendar agrees, which together allow nothing but YYYY-MM-DD HH:MM:SS.
    if text[4::3] in _NAIVE_SEPARATORS:
        try:
            _from_iso(text)
        except ValueError:
            return None
        return text.replace(" ", "T", 1)
    moment = _moment(text)
    return f"{moment.day}T{moment.clock}" if moment and not moment.offset else None


def _zoned(text: str) -> str | None:
    moment = _moment(text)
    return f"{moment.day}T{moment.clock}{moment.offset}" if moment and moment.offset else None


def _date(text: str) -> str | None:
    if text[4::3] == "--" and _exists(text):
        return text
    moment = _moment(text)
    if moment is None or moment.offset or moment.clock.strip("0:."):
        return None
    return moment.day


def _day(value: object) -> str | None:
    moment = _moment(value) if isinstance(value, str) else None
    return moment.day if moment and not moment.offset else None


class _Moment(NamedTuple):
    """A point in time as text: day `YYYY-MM-DD`, clock `HH:MM:SS[.f]`, offset `Z`, `+HH:MM`, ""."""

    day: str
    clock: str
    offset: str


def _moment(text: str) -> _Moment | None:
    """Read a date or a timestamp, None if *text* is none or no such day or time exists."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    day, minutes, seconds, utc, hours_off, minutes_off = match.groups()
    clock = (minutes or "00:00") + (seconds or ":00")
    # The whole seconds only: every digit of the fraction stays, however many there are.
    if not _exists(f"{day}T{clock[:8]}"):
        return None
    return _Moment(day, clock, utc or (f"{hours_off}:{minutes_off or '00'}" if hours_off else ""))


def _exists(iso: str) -> bool:
    try:
        _from_iso(iso)
    except ValueError:
        return False
    return True


def _parse(text: str) -> Any:
    """Parse JSON text without losing a digit, None if it is no JSON."""
    try:
        parsed = loads(text)
    except JSONDecodeError:
        return None
    if not _DEMANDING_NUMBER.search(text):
        return parsed
    try:
        return json.loads(text, parse_int=exact_number, parse_float=exact_number)
    except RecursionError:
        return None


_NAIVE = _Rules(None, _naive, _never)
_ZONED = _Rules(None, _zoned, _never)
_DATE = _Rules(None, _date, _never, from_misfit=_day)
_RULES = {
    "string": _Rules(str, _never, _json_text),
    "number": _Rules(float, exact_number, _number),
    "integer": _Rules(int, _integer_from_text, _integer),
    "boolean": _Rules(bool, _boolean_from_text, _boolean),
    "object": _Rules(dict, _object_from_text, _object),
    "array": _Rules(list, _array_from_text, _array),
}
