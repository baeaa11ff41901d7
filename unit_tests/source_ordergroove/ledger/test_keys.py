from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.errors import LedgerError
from source_ordergroove.ledger.keys import (
    HEX,
    INTEGER,
    join_key,
    split_key,
    to_columns,
    to_keys,
)
from unit_tests.source_ordergroove.ledger.builders import KEYS

PARTS = st.lists(st.one_of(KEYS, st.text(alphabet="a|\\", max_size=6)), min_size=1, max_size=4)


@given(PARTS)
def test_a_composite_key_gives_back_its_parts(parts: Any) -> None:
    """Which also means that different parts never make the same key."""
    assert split_key(join_key(parts)) == tuple(parts)


def test_a_key_of_one_part_is_that_part() -> None:
    """So a single id is stored in its compact form."""
    assert join_key(["070001bc02fd11e99542bc764e1043bb"]) == "070001bc02fd11e99542bc764e1043bb"


def test_separators_inside_parts_are_escaped() -> None:
    assert join_key(["a|b", "c\\"]) == r"a\|b|c\\"


def test_a_key_without_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one part"):
        join_key([])


@pytest.mark.parametrize("key", ["\\", "a\\", "a|\\", "\\a"])
def test_a_text_that_joining_never_makes_is_refused(key: Any) -> None:
    with pytest.raises(LedgerError, match="escapes nothing"):
        split_key(key)


@given(st.lists(KEYS))
def test_columns_give_back_every_key_with_its_exact_text(keys: Any) -> None:
    columns = to_columns(keys)
    assert sorted(keys) == sorted(
        key for column, values in columns.items() for key in to_keys(column, values)
    )


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("0", INTEGER),
        ("9" * 19, INTEGER),
        ("1" + "0" * 19, 20),
        ("007", 3),
        ("-1", 2),
        ("٣", 2),
        ("0" * 32, HEX),
        ("519f1f120e3411ef984b1e8a267ce8aa", HEX),
        ("519F1F120E3411EF984B1E8A267CE8AA", 32),
        ("519f1f12-0e34-11ef-984b-1e8a267ce8aa", 17),
        ("519f1f120e3411ef984b1e8a267ce8aa|519f1f120e3411ef984b1e8a267ce8aa", 35),
        ("519f1f120e3411ef984b1e8a267ce8aa.66746.1739289512", 34),
        ("", 1),
        ("é", 2),
    ],
)
def test_each_form_has_its_column(key: Any, column: Any) -> None:
    """Only the one canonical spelling of a number or a hex id may lose its text."""
    assert list(to_columns([key])) == [column]
