"""Query parameters as the reference lists them, turned into predicates.

Time filters compare naive America/Chicago wall values, inclusive on both ends, as text: in the
hour that autumn repeats, the vendor's filter cannot tell the two passes apart either.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from emulator.errors import bad_parameter

if TYPE_CHECKING:
    from emulator.paging import Predicate
    from emulator.tables import Record
    from emulator.world import World

Query = dict[str, list[str]]
"""Decoded query parameters; the last value of a repeated one counts, except for lists."""

Filter = Callable[["World", list[str]], "Predicate | None"]
"""Values of a parameter to a predicate; raises ValueError with the vendor's message."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_SPACED_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def whole_number(text: str) -> int | None:
    """Read a parameter that is a number; None if it is none."""
    return int(text) if text.isdecimal() and len(text) <= 9 else None  # noqa: PLR2004 - an int32


def is_true(values: list[str] | None) -> bool:
    """Say whether a flag was sent as true."""
    return bool(values) and values[-1].lower() in {"true", "1"}  # type: ignore[index]


def equals(field: str) -> Filter:
    """Match rows whose *field* is the value, compared as text."""

    def build(_world: World, values: list[str]) -> Predicate:
        wanted = values[-1]
        return lambda record: str(record.get(field)) == wanted

    return build


def one_of(field: str) -> Filter:
    """Match rows whose *field* is any of the repeated values."""

    def build(_world: World, values: list[str]) -> Predicate:
        wanted = frozenset(values)
        return lambda record: record.get(field) in wanted

    return build


def flag(field: str) -> Filter:
    """Match a boolean *field*; a value that is none does not filter."""

    def build(_world: World, values: list[str]) -> Predicate | None:
        wanted = {value.lower() for value in values} & {"true", "false"}
        if not wanted:
            return None
        return lambda record: str(record[field]).lower() in wanted

    return build


def status(orders_status: Callable[[World, Record], Any]) -> Filter:
    """Match an order's status, found by *orders_status*."""

    def build(world: World, values: list[str]) -> Predicate:
        wanted = whole_number(values[-1])
        if wanted is None:
            raise ValueError("Enter a number.")
        return lambda record: bool(orders_status(world, record) == wanted)

    return build


def since(field: str) -> Filter:
    """Match rows whose *field* is at or after a moment, or a day's beginning."""

    def build(_world: World, values: list[str]) -> Predicate:
        lower = _moment(values[-1], " 00:00:00")
        return lambda record: _filled(record.get(field)) and record[field] >= lower

    return build


def until(field: str) -> Filter:
    """Match rows whose *field* is at or before a moment, or a day's end."""

    def build(_world: World, values: list[str]) -> Predicate:
        upper = _moment(values[-1], " 23:59:59")
        return lambda record: _filled(record.get(field)) and record[field] <= upper

    return build


def on_day(field: str) -> Filter:
    """Match rows whose *field* falls on a day."""

    def build(_world: World, values: list[str]) -> Predicate:
        wanted = _day(values[-1])
        return lambda record: _filled(record.get(field)) and record[field][:10] == wanted

    return build


def from_spaced(field: str) -> Filter:
    """Match rows whose *field* is at or after a moment written with a space (placement logs)."""

    def build(_world: World, values: list[str]) -> Predicate:
        lower = _spaced(values[-1])
        return lambda record: bool(record[field] >= lower)

    return build


def before_spaced(field: str) -> Filter:
    """Match rows whose *field* is before a moment written with a space (placement logs)."""

    def build(_world: World, values: list[str]) -> Predicate:
        upper = _spaced(values[-1])
        return lambda record: bool(record[field] < upper)

    return build


def times(field: str, *names: str) -> dict[str, Filter]:
    """Return the exact-day, `_start` and `_end` parameters over *field*, named *names* or it."""
    return {
        parameter: make(field)
        for name in names or (field,)
        for parameter, make in ((name, on_day), (f"{name}_start", since), (f"{name}_end", until))
    }


def compile_filters(world: World, filters: dict[str, Filter], query: Query) -> list[Predicate]:
    """Return a predicate for each parameter of *query* that filters; unknown ones are ignored."""
    predicates = []
    for name, values in query.items():
        if name in filters:
            try:
                predicate = filters[name](world, values)
            except ValueError as error:
                raise bad_parameter(name, str(error)) from None
            if predicate is not None:
                predicates.append(predicate)
    return predicates


def _filled(value: Any) -> bool:
    """Say whether a time field holds a time: an empty one matches no filter, as NULL does."""
    return bool(value) and value != "null"


def _moment(text: str, if_day: str) -> str:
    if _DAY.fullmatch(text):
        return _day(text) + if_day
    if not _MOMENT.fullmatch(text):
        raise ValueError("Enter a valid date/time.")
    return _checked(text)


def _spaced(text: str) -> str:
    if not _SPACED_MOMENT.fullmatch(text):
        raise ValueError("Enter a valid date/time.")
    return _checked(text)


def _checked(text: str) -> str:
    try:
        return datetime.fromisoformat(text).isoformat(" ", "seconds")
    except ValueError:
        raise ValueError("Enter a valid date/time.") from None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if _DAY.fullmatch(text) else _not_a_day()
    except ValueError:
        return _not_a_day()


def _not_a_day() -> str:
    raise ValueError("Enter a valid date.")
