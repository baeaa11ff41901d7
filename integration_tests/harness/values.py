"""From the vendor's value to the warehouse's, by section 4 of the contract, in the plainest way.

Slow and written apart from the connector's rules on purpose: two ways to the same value are a
test, one way used twice is none.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

Json = Any

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?)?")


class MisfitError(ValueError):
    """A value that is none of its column's type: null in the column, kept beside it."""


def exact(value: Json) -> Json:
    """Return a JSON value with Decimals for its fractions."""
    return json.loads(json.dumps(value), parse_float=Decimal)


def expected_row(sent: dict[str, Json], properties: dict[str, Any]) -> dict[str, Json]:
    """Return the row the warehouse must hold for what the vendor sent; nulls are left out."""
    row: dict[str, Json] = {}
    unparsed: dict[str, Json] = {}
    for column, value in exact(sent).items():
        if value is None:
            continue
        try:
            row[column] = expected(value, properties[column]) if column in properties else value
        except MisfitError:
            unparsed[column] = value
    if unparsed:
        row["_og_unparsed"] = unparsed
    return {column: value for column, value in row.items() if value is not None}


def expected(value: Json, declared: dict[str, Any]) -> Json:
    """Return what a column of a declared type holds for a value; raises `MisfitError`."""
    (kind,) = (
        {declared["type"]}
        if isinstance(declared["type"], str)
        else set(declared["type"]) - {"null"}
    )
    if kind == "string" and "format" not in declared:
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    if isinstance(value, str) and value.strip() == "null":
        return None
    if kind == "array":
        return _array(value)
    if isinstance(value, str) and not value.strip():
        return None
    if kind == "string":
        return _moment(value, declared)
    return {"number": _number, "integer": _integer, "boolean": _boolean, "object": _object}[kind](
        value
    )


def _moment(value: Json, declared: dict[str, Any]) -> str:
    match = MOMENT.fullmatch(value)
    if match is None:
        raise MisfitError(value)
    day, clock, zone = match.groups()
    if declared["format"] == "date":
        return str(day)
    naive = declared.get("airbyte_type") == "timestamp_without_timezone"
    if naive == bool(zone):
        raise MisfitError(value)
    return f"{day}T{clock or '00:00:00'}{zone or ''}"


def _number(value: Json) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise MisfitError(value) from None


def _integer(value: Json) -> int:
    number = _number(value)
    if number != int(number):
        raise MisfitError(value)
    return int(number)


def _boolean(value: Json) -> bool:
    texts = {"true": True, "false": False, "1": True, "0": False}
    try:
        return texts[str(value).lower()]
    except KeyError:
        raise MisfitError(value) from None


def _object(value: Json) -> Json:
    if isinstance(value, dict):
        return value
    try:
        parsed = json.loads(value, parse_float=Decimal)
    except ValueError:
        parsed = None
    return parsed if isinstance(parsed, dict) else {"_raw": value}


def _array(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value]
    if value.lstrip()[:1] in {"[", "{"}:
        return _array(json.loads(value, parse_float=Decimal))
    return [part.strip() for part in value.split(",") if part.strip()]
