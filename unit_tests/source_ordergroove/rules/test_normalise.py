"""What holds for any record whatever the vendor sends; each rule: test_normalise_rules.py."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from source_ordergroove.rules import normalise
from source_ordergroove.rules.normalise import Normaliser

NAIVE = {
    "type": ["null", "string"],
    "format": "date-time",
    "airbyte_type": "timestamp_without_timezone",
}
ZONED = {**NAIVE, "airbyte_type": "timestamp_with_timezone"}
COLUMNS: dict[str, dict[str, Any]] = {
    "string": {"type": ["null", "string"]},
    "key": {"type": "string"},
    "number": {"type": ["null", "number"]},
    "integer": {"type": ["null", "integer"]},
    "boolean": {"type": ["null", "boolean"]},
    "object": {"type": ["null", "object"]},
    "array": {"type": ["null", "array"]},
    "naive": NAIVE,
    "zoned": ZONED,
    "date": {"type": ["null", "string"], "format": "date"},
}
SCHEMA = {
    "type": "object",
    "properties": {**COLUMNS, "_og_synced_at": ZONED, "_og_deleted": {"type": "boolean"}},
}
NORMALISE = Normaliser(SCHEMA)
TOO_LONG_FOR_A_DOUBLE = "12345678901234567.89"
SCHEMA_FILES = sorted((Path(normalise.__file__).parents[1] / "schemas").glob("*.json"))

json_scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1)
json_numbers = st.floats(allow_nan=False, allow_infinity=False)
vendor_like = st.sampled_from(
    [
        *("", " ", "null", "None", "True", "false", "0", "1", "007", "3.00", "19.99", "4|", "{}"),
        *("2024-05-13 08:56:36", "2024-05-13", "2017-02-29 12:00:00", "2024-05-13T08:56:36Z"),
        *("a, b,", "[1, 2]", '{"a": 1}', "{broken", "12345678901234567.89", "1e5", "2024-W20-1"),
        '{"a": 12345678901234567.89, "b": [123456789012345678901234567890]}',
    ]
)
timestamps = (
    st.datetimes().map(str)
    | st.dates().map(str)
    | st.datetimes().map(lambda moment: moment.isoformat(timespec="minutes") + "+05:30")
)
texts = st.text(max_size=8) | vendor_like | timestamps
json_values = st.recursive(
    json_scalars | json_numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
records = st.fixed_dictionaries({}, optional={**dict.fromkeys(COLUMNS, json_values)})


def line(record: dict[str, Any]) -> bytes:
    """What the destination sees; a Fragment can be compared in no other way."""
    return orjson.dumps(record)


def test_unfit_values_of_several_columns_are_kept_side_by_side() -> None:
    record = {"integer": "4|", "string": "fits", "naive": "soon", "later": 1}

    NORMALISE(record)

    assert record == {
        "integer": None,
        "string": "fits",
        "naive": None,
        "later": 1,
        "_og_unparsed": {"integer": "4|", "naive": "soon"},
    }


@pytest.mark.parametrize(
    "number", ["12345678901234567.89", "123456789012345678901234567890", "1E-400"]
)
def test_numbers_in_json_text_keep_every_digit(number: str) -> None:
    record = {"object": f'{{"a": {number}}}', "array": f"[{number}]", "number": number}

    NORMALISE(record)

    assert (
        f'{{"object":{{"a":{number}}},"array":[{number}],"number":{number}}}'
        == line(record).decode()
    )


def test_undeclared_nested_and_own_columns_pass_as_sent() -> None:
    """Only what the schema declares at the top level is looked at."""
    sent = {
        "undeclared": "null",
        "object": {"number": "1.00", "naive": "2024-05-13 08:56:36"},
        "array": [{"integer": "7"}],
        "_og_synced_at": "as stamped",
        "_og_deleted": "as stamped",
    }
    record = deepcopy(sent)

    NORMALISE(record)

    assert sent == record


@given(records)
def test_any_record_fits_the_schema_afterwards(record: dict[str, Any]) -> None:
    """Columns are neither added nor removed, but for `_og_unparsed`."""
    columns = set(record)

    NORMALISE(record)

    assert columns == set(record) - {"_og_unparsed"}
    nullable = {**SCHEMA, "properties": {**COLUMNS, "key": COLUMNS["string"]}}
    assert [
        error.message for error in Draft7Validator(nullable).iter_errors(orjson.loads(line(record)))
    ] == []


@given(records)
@example({"number": TOO_LONG_FOR_A_DOUBLE, "object": f'{{"a": {TOO_LONG_FOR_A_DOUBLE}}}'})
def test_normalising_twice_equals_once(record: dict[str, Any]) -> None:
    NORMALISE(record)
    once = line(record)

    NORMALISE(record)

    assert once == line(record)


@given(records)
def test_nothing_is_dropped(record: dict[str, Any]) -> None:
    """A column turns null only for a blank or "null"; any other value is kept as sent."""
    sent = deepcopy(record)

    NORMALISE(record)

    kept = record.get("_og_unparsed", {})
    for column, value in sent.items():
        blank = isinstance(value, str) and value.strip() in {"", "null"}
        if record[column] is None and value is not None and not blank:
            assert value == kept[column]
    assert all(value == sent[column] for column, value in kept.items())
    assert kept or "_og_unparsed" not in record


@pytest.mark.parametrize(
    "declared", [{}, {"type": "null"}, {"type": ["string", "integer"]}, {"type": "money"}]
)
def test_a_schema_with_an_ambiguous_column_is_refused(declared: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Column `status` must declare exactly one type"):
        Normaliser({"properties": {"status": declared}})


@pytest.mark.parametrize("path", SCHEMA_FILES, ids=lambda path: path.stem)
def test_every_stream_compiles(path: Path) -> None:
    Normaliser(orjson.loads(path.read_bytes()))


def test_the_vendors_order_becomes() -> None:
    """The documented example of `GET /orders/`, with a merged order's extra data."""
    order = {
        "public_id": "554f0ede34e511eeba08c2f2e26389bb",
        "customer": 9621785240036,
        "sub_total": "44.82",
        "tax_total": "0.00",
        "discount_total": "8.35",
        "created": "2026-02-07 00:43:27",
        "place": "2026-03-01 00:00:00",
        "cancelled": "null",
        "status": "17",
        "order_merchant_id": "",
        "rejected_message": {"message": "Expired.", "code": "120"},
        "extra_data": '{"merged_order_id": "6120b166d62d11e8aaf0bc764e1079aa"}',
        "locked": "True",
        "new_field": "1.0",
    }

    orders = next(path for path in SCHEMA_FILES if path.stem == "orders")
    Normaliser(orjson.loads(orders.read_bytes()))(order)

    assert order == {
        "public_id": "554f0ede34e511eeba08c2f2e26389bb",
        "customer": "9621785240036",
        "sub_total": 44.82,
        "tax_total": 0.0,
        "discount_total": 8.35,
        "created": "2026-02-07T00:43:27",
        "place": "2026-03-01T00:00:00",
        "cancelled": None,
        "status": 17,
        "order_merchant_id": "",
        "rejected_message": '{"message":"Expired.","code":"120"}',
        "extra_data": {"merged_order_id": "6120b166d62d11e8aaf0bc764e1079aa"},
        "locked": True,
        "new_field": "1.0",
    }
