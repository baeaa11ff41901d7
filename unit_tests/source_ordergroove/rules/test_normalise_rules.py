"""Each rule of the table in normalise.py by example, one value in one column."""

from datetime import datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.rules.normalise import Normaliser

NULLABLE_TEXT = {"type": ["null", "string"]}
MOMENT = {**NULLABLE_TEXT, "format": "date-time"}
COLUMNS: dict[str, dict[str, Any]] = {
    "string": NULLABLE_TEXT,
    "key": {"type": "string"},
    "number": {"type": ["null", "number"]},
    "integer": {"type": ["null", "integer"]},
    "boolean": {"type": ["null", "boolean"]},
    "object": {"type": ["null", "object"]},
    "array": {"type": ["null", "array"]},
    "naive": {**MOMENT, "airbyte_type": "timestamp_without_timezone"},
    "zoned": {**MOMENT, "airbyte_type": "timestamp_with_timezone"},
    "date": {**NULLABLE_TEXT, "format": "date"},
}
NORMALISE = Normaliser({"type": "object", "properties": COLUMNS})


def normalised(column: str, value: Any) -> dict[str, Any]:
    record = {column: value}
    NORMALISE(record)
    written: dict[str, Any] = orjson.loads(orjson.dumps(record))
    return written


@pytest.mark.parametrize(
    ("column", "sent", "expected"),
    [
        ("string", "abc", "abc"),
        ("string", "", ""),
        ("string", "null", "null"),
        ("string", " kept ", " kept "),
        ("string", 12, "12"),
        ("key", 48398751430002, "48398751430002"),
        ("string", 1.5, "1.5"),
        ("string", True, "true"),
        ("string", {"code": "020", "n": [1]}, '{"code":"020","n":[1]}'),
        ("string", ["a", 1], '["a",1]'),
        ("number", 1.5, 1.5),
        ("number", 3, 3),
        ("number", "44.82", 44.82),
        ("number", "0.00", 0.0),
        ("number", "-1.10", -1.1),
        ("number", "10", 10),
        ("number", "", None),
        ("number", "  ", None),
        ("number", "null", None),
        ("integer", 7, 7),
        ("integer", "7", 7),
        ("integer", " -7 ", -7),
        ("integer", "3.00", 3),
        ("integer", "0", 0),
        ("integer", "18446744073709551615", 18446744073709551615),
        ("integer", 4.0, 4),
        ("integer", "", None),
        ("integer", "null", None),
        ("boolean", True, True),
        ("boolean", False, False),
        ("boolean", "True", True),
        ("boolean", "true", True),
        ("boolean", "False", False),
        ("boolean", "FALSE", False),
        ("boolean", 1, True),
        ("boolean", 0, False),
        ("boolean", "1", True),
        ("boolean", "0", False),
        ("boolean", "", None),
        ("boolean", "null", None),
        ("object", {"a": 1}, {"a": 1}),
        ("object", {}, {}),
        ("object", '{"merged_order_id": "x"}', {"merged_order_id": "x"}),
        ("object", "{}", {}),
        ("object", "", None),
        ("object", " \n", None),
        ("object", "null", None),
        ("object", "not json", {"_raw": "not json"}),
        ("object", '{"a": NaN}', {"_raw": '{"a": NaN}'}),
        ("object", "[1, 2]", {"_raw": "[1, 2]"}),
        ("object", "5", {"_raw": "5"}),
        ("object", [1, {"a": 2}], {"_raw": '[1,{"a":2}]'}),
        ("object", 5, {"_raw": "5"}),
        ("object", True, {"_raw": "true"}),
        ("array", ["a", 1], ["a", 1]),
        ("array", [], []),
        ("array", "p1, p2 ,p3", ["p1", "p2", "p3"]),
        ("array", "p1", ["p1"]),
        ("array", "p1,,p2,", ["p1", "p2"]),
        ("array", "", []),
        ("array", "null", None),
        ("array", {"public_id": "c"}, [{"public_id": "c"}]),
        ("array", '["p1", {"a": 1}]', ["p1", {"a": 1}]),
        ("array", '{"a": 1}', [{"a": 1}]),
        ("naive", "2024-05-13 08:56:36", "2024-05-13T08:56:36"),
        ("naive", "2024-05-13T08:56:36", "2024-05-13T08:56:36"),
        ("naive", "2025-09-23T13:12:22.704013", "2025-09-23T13:12:22.704013"),
        ("naive", "2025-09-23 13:12:22.123456789", "2025-09-23T13:12:22.123456789"),
        ("naive", "2024-05-13 08:56", "2024-05-13T08:56:00"),
        ("naive", "2024-05-13", "2024-05-13T00:00:00"),
        ("naive", " 2024-05-13 08:56:36 ", "2024-05-13T08:56:36"),
        ("naive", "2024-02-29 00:00:00", "2024-02-29T00:00:00"),
        ("naive", "2024-03-10 02:30:00", "2024-03-10T02:30:00"),
        ("naive", "null", None),
        ("naive", "", None),
        ("naive", "   ", None),
        ("zoned", "2024-05-01T00:00:00Z", "2024-05-01T00:00:00Z"),
        ("zoned", "2024-08-12T20:35:19.04Z", "2024-08-12T20:35:19.04Z"),
        ("zoned", "2024-05-01 00:00:00Z", "2024-05-01T00:00:00Z"),
        ("zoned", "2024-05-01T00:00:00-06:00", "2024-05-01T00:00:00-06:00"),
        ("zoned", "2024-05-01T00:00:00+0530", "2024-05-01T00:00:00+05:30"),
        ("zoned", "2024-05-01T00:00:00+00", "2024-05-01T00:00:00+00:00"),
        ("zoned", "null", None),
        ("zoned", "", None),
        ("date", "2018-12-27", "2018-12-27"),
        ("date", " 2018-12-27", "2018-12-27"),
        ("date", "2018-12-27 00:00:00", "2018-12-27"),
        ("date", "2018-12-27T00:00:00.000", "2018-12-27"),
        ("date", "null", None),
        ("date", "", None),
    ],
    ids=repr,
)
def test_a_value_that_fits_becomes(column: str, sent: Any, expected: Any) -> None:
    """The type matters too: True is not 1, 4 is not 4.0."""
    written = normalised(column, sent)

    assert {column: expected} == written
    assert type(expected) is type(written[column])


@pytest.mark.parametrize(
    ("column", "sent"),
    [
        ("number", "free"),
        ("number", "1,000.00"),
        ("number", "NaN"),
        ("number", True),
        ("number", {"amount": "1.00"}),
        ("number", ["1.00"]),
        ("integer", "4|"),
        ("integer", "007"),
        ("integer", "1.5"),
        ("integer", "1e3"),
        ("integer", "18446744073709551616"),
        ("integer", 1.5),
        ("integer", 1e300),
        ("integer", True),
        ("integer", [1]),
        ("boolean", "yes"),
        ("boolean", 2),
        ("boolean", 1.0),
        ("boolean", {}),
        ("array", 5),
        ("array", False),
        ("array", "[p1, p2]"),
        ("naive", "2017-02-29 12:00:00"),
        ("naive", "2024-05-13 24:00:00"),
        ("naive", "0000-00-00 00:00:00"),
        ("naive", "2024-05-13T08:56:36Z"),
        ("naive", "2024-05-13 08:56:36-06:00"),
        ("naive", "2024-W20-1 08:56:36"),
        ("naive", "2024-05-13 08:56+05"),
        ("naive", "2024-05-13 085636.1"),
        ("naive", "20240513"),
        ("naive", "tomorrow"),
        ("naive", 1622589211),
        ("zoned", "2024-05-13 08:56:36"),
        ("zoned", "2024-05-13"),
        ("zoned", "2024-02-30T00:00:00Z"),
        ("zoned", "2024-05-13T00:00:00+24:00"),
        ("zoned", 1622589211),
        ("date", "2017-02-29"),
        ("date", "2017-02-29 12:00:00"),
        ("date", "2018-12-27T00:00:00Z"),
        ("date", "2018-W52-4"),
        ("date", 20181227),
    ],
    ids=repr,
)
def test_a_value_that_does_not_fit_leaves_null_and_is_kept(column: str, sent: Any) -> None:
    assert {column: None, "_og_unparsed": {column: sent}} == normalised(column, sent)


def test_a_day_with_a_time_gives_its_day_and_is_kept() -> None:
    """One of the vendor's pages shows start_date with a time; null would lose the day."""
    assert normalised("date", "2026-01-15 12:00:00") == {
        "date": "2026-01-15",
        "_og_unparsed": {"date": "2026-01-15 12:00:00"},
    }


@pytest.mark.parametrize("column", COLUMNS)
def test_null_stays_null(column: str) -> None:
    assert {column: None} == normalised(column, None)


@given(st.datetimes())
def test_every_moment_of_the_vendor_keeps_its_digits(moment: datetime) -> None:
    assert {"naive": moment.isoformat()} == normalised("naive", str(moment))
