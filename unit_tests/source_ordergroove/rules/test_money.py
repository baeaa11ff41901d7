"""Amounts lose no digit on the way from the vendor's text to the line on stdout."""

from decimal import Decimal

import orjson
import pytest
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteMessageSerializer,
    AirbyteRecordMessage,
    Type,
)
from hypothesis import example, given
from hypothesis import strategies as st

from source_ordergroove.rules.money import exact_number

TOO_LONG_FOR_A_DOUBLE = "12345678901234567.89"

plain_decimals = st.from_regex(r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?", fullmatch=True)
scientific = st.from_regex(r"[+-]?[0-9]{1,20}\.?[0-9]{0,5}[eE][+-]?[0-9]{1,2}", fullmatch=True)


@given(plain_decimals | scientific | st.decimals(allow_nan=False, allow_infinity=False).map(str))
@example("0.1")
@example("0.30000000000000004")
@example("999999999999999.9")
@example("9007199254740993")
@example("18446744073709551616")
@example("1e-400")
@example("4.9e-324")
def test_the_written_number_equals_the_text_in_every_digit(text: str) -> None:
    number = exact_number(text)

    if number is None:
        assert abs(Decimal(text)) > Decimal("1e308") or abs(Decimal(text).adjusted()) > 308
    else:
        assert Decimal(orjson.dumps(number).decode()) == Decimal(text)


@given(st.text(max_size=20) | st.text("0123456789.+-eE_, \u0661nNaAfFiItruel", max_size=12))
def test_any_text_is_a_json_number_equal_to_it_or_none(text: str) -> None:
    number = exact_number(text)

    if number is not None:
        assert Decimal(orjson.dumps(number).decode()) == Decimal(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("44.82", "44.82"),
        ("0.00", "0.0"),
        ("-9.51", "-9.51"),
        ("10", "10"),
        ("+5.25", "5.25"),
        ("007.50", "7.5"),
        (" 19.99 ", "19.99"),
        (" +5.25 ", "5.25"),
        ("1.", "1.0"),
        (".5", "0.5"),
        ("0E-8", "0.0"),
        ("1e5", "100000.0"),
        ("999999999999999.9", "999999999999999.9"),
        ("9007199254740993", "9007199254740993"),
        ("9007199254740993.5", "9007199254740993.5"),
        (TOO_LONG_FOR_A_DOUBLE, TOO_LONG_FOR_A_DOUBLE),
        ("-0.1000000000000000000001", "-0.1000000000000000000001"),
        ("18446744073709551616", "18446744073709551616"),
        ("1e-400", "1E-400"),
    ],
)
def test_numbers_are_written_as(text: str, written: str) -> None:
    assert orjson.dumps(exact_number(text)).decode() == written


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "null", "true", "free", "NaN", "nan", "Infinity", "-inf", "1e400", "-"),
        *(".", "1,000.00", "1_000", "1.2.3", "$5.00", "5 USD", "0x10", "\u0661\u0662", '"5.00"'),
        *("[1]", "--1", "1e", "1e99999999999999999999"),
    ],
)
def test_no_number(text: str) -> None:
    assert exact_number(text) is None


def test_a_number_too_long_for_a_double_reaches_the_output_line_whole() -> None:
    """`Fragment` passes the CDK's serializer and orjson, also nested; a float would not do."""
    number = exact_number(TOO_LONG_FOR_A_DOUBLE)
    record = AirbyteRecordMessage(
        stream="orders", emitted_at=1, data={"total": number, "extra_data": {"of": [number]}}
    )

    line = orjson.dumps(
        AirbyteMessageSerializer.dump(AirbyteMessage(type=Type.RECORD, record=record))
    ).decode()

    assert (
        line == '{"type":"RECORD","record":{"stream":"orders","data":{"total":12345678901234567.89,'
        '"extra_data":{"of":[12345678901234567.89]}},"emitted_at":1}}'
    )
    assert repr(float(TOO_LONG_FOR_A_DOUBLE)) == "1.2345678901234568e+16"
