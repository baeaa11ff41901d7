from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.codec import decode, encode, encode_within
from source_ordergroove.ledger.errors import LedgerError
from source_ordergroove.ledger.keyset import KeySet
from unit_tests.source_ordergroove.ledger.builders import (
    KEY_SETS,
    numeric,
    random_hex,
    texts,
    time_based,
)


@given(KEY_SETS)
def test_a_set_comes_back_exactly(keys: Any) -> None:
    held = KeySet.from_keys(keys)
    assert decode(encode(held)) == held


def test_absurdly_long_keys_come_back() -> None:
    """A key above the size of a segment, and neighbours that differ in their last byte."""
    keys = {"k" * 1_100_000, "k" * 70_000 + "a", "k" * 70_000 + "b", "😀" * 50_000}
    assert set(decode(encode(KeySet.from_keys(keys)))) == keys


@pytest.mark.parametrize(
    "keys",
    [
        [*numeric(150_000), *random_hex(70_000), *texts(40_000)],
        time_based(70_000),
        time_based(70_000, processes=0),
    ],
    ids=["all columns", "time based", "time based, own clock sequences"],
)
def test_sets_of_several_segments_come_back(keys: Any) -> None:
    held = KeySet.from_keys(keys)
    assert decode(encode(held)) == held


@given(KEY_SETS)
def test_a_set_always_makes_the_same_text(keys: Any) -> None:
    assert encode(KeySet.from_keys(keys)) == encode(KeySet.from_keys(sorted(keys)))


@given(KEY_SETS, st.integers(-1, 1))
def test_a_limit_is_kept_to_the_character(keys: Any, more: int) -> None:
    """A text that fits is given whole; one character less, and there is none."""
    held = KeySet.from_keys(keys)
    text = encode(held)
    assert encode_within(held, len(text) + more) == (text if more >= 0 else None)


@pytest.mark.parametrize(
    ("keys", "most"),
    [
        (numeric(100_000), 1.3),
        (time_based(100_000), 7.4),
        (time_based(100_000, processes=0), 9.4),
        (random_hex(100_000), 19.0),
        (texts(100_000), 26.5),
    ],
    ids=["numeric", "time based", "own clock sequences", "random hex", "28 letters"],
)
def test_a_key_takes_few_characters(keys: Any, most: int) -> None:
    """Of 100,000 keys: a set twice as dense takes a bit less for each key."""
    assert len(encode(KeySet.from_keys(keys))) / len(keys) < most


@given(KEY_SETS, st.data())
def test_damage_never_gives_another_set(keys: Any, data: Any) -> None:
    held = KeySet.from_keys(keys)
    text = encode(held)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    damaged = text[:start] + data.draw(st.text(max_size=4)) + text[end:]
    try:
        read = decode(damaged)
    except LedgerError:
        return
    assert read == held
