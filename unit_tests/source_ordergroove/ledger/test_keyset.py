import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.keyset import KeySet
from unit_tests.source_ordergroove.ledger.builders import KEY_SETS, KEYS, numeric, random_hex


@given(st.lists(KEYS))
def test_a_key_set_is_the_set_of_its_keys(keys: Any) -> None:
    held = KeySet.from_keys(keys)
    assert sorted(held) == sorted(set(keys))
    assert len(held) == len(set(keys))


@given(KEY_SETS, KEY_SETS)
def test_difference_and_union_are_those_of_sets(ours: Any, theirs: Any) -> None:
    first, second = KeySet.from_keys(ours), KeySet.from_keys(theirs)
    assert sorted(first.difference(second)) == sorted(ours - theirs)
    assert first.minus(second) == KeySet.from_keys(ours - theirs)
    assert first.union(second) == KeySet.from_keys(ours | theirs)


@given(KEY_SETS, KEYS)
def test_membership_is_that_of_the_set(keys: Any, key: Any) -> None:
    held = KeySet.from_keys(keys)
    assert [each for each in {*keys, key} if each in held] == [
        each for each in {*keys, key} if each in keys
    ]


def test_nothing_but_text_is_a_key() -> None:
    assert 1 not in KeySet.from_keys(["1"])
    assert KeySet.from_keys(["1"]) != {"1"}


@given(KEY_SETS, KEY_SETS)
def test_sets_are_equal_exactly_if_their_keys_are(ours: Any, theirs: Any) -> None:
    first, second = KeySet.from_keys(ours), KeySet.from_keys(theirs)
    assert (first == second) == (ours == theirs)
    assert hash(first) == hash(KeySet.from_keys(sorted(ours)))


@given(KEY_SETS, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_the_keys_came(keys: Any, dice: random.Random) -> None:
    shuffled = sorted(keys)
    dice.shuffle(shuffled)
    assert list(KeySet.from_keys(shuffled)) == list(KeySet.from_keys(sorted(keys)))


@given(KEY_SETS)
def test_keys_cannot_be_changed_in_place(keys: Any) -> None:
    """Sets share columns, so a write into one would corrupt others."""
    for values in KeySet.from_keys(keys).columns.values():
        with pytest.raises(ValueError, match="read-only"):
            values[0] = values[0]


def test_many_blocks_make_one_set() -> None:
    """Keys are packed, compared and listed 65,536 at a time; the seams do not show."""
    keys = numeric(100_000) + random_hex(100_000)
    held = KeySet.from_keys(iter(keys))
    assert set(held) == set(keys)
    assert held.difference(KeySet.from_keys(keys[7:])) == keys[:7]


def test_an_integer_takes_8_bytes_and_a_hex_id_16() -> None:
    assert KeySet.from_keys(numeric(1_000)).nbytes == 8_000
    assert KeySet.from_keys(random_hex(1_000)).nbytes == 16_000


def test_the_representation_names_no_key() -> None:
    """Customer ids are personal data and must not reach a log by way of a repr."""
    assert repr(KeySet.from_keys(["jane@example.com"])) == "<KeySet of 1 keys>"
