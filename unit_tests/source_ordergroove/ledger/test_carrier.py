from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.carrier import LONGEST, Carrier
from source_ordergroove.ledger.keyset import KeySet
from unit_tests.source_ordergroove.ledger.builders import INTEGERS, KEYS

SHORT = st.sets(KEYS.filter(lambda key: len(key) < 100), min_size=1, max_size=15)


def carried(carrier: Any, keys: Any) -> Any:
    return carrier.unload(np.concatenate(list(carrier.load(keys)), axis=1))


@given(SHORT)
def test_words_give_back_every_key(keys: Any) -> None:
    held = KeySet.from_keys(keys)
    carrier = Carrier.of(held)
    assert carried(carrier, held) == held
    assert carrier.count(held) == len(held)


@given(SHORT)
def test_words_above_the_width_are_zero(keys: Any) -> None:
    """So a table may leave them out of the state."""
    held = KeySet.from_keys(keys)
    carrier = Carrier.of(held)
    for words in carrier.load(held):
        rows = np.ascontiguousarray(words.T, "<u8").view(np.uint8)
        assert not rows[:, carrier.width :].any()


@given(st.sets(INTEGERS, min_size=1), st.sets(KEYS))
def test_only_keys_that_cannot_be_in_the_baseline_are_left_out(keys: Any, others: Any) -> None:
    """A key too large for the narrowed integers, or of a form the baseline does not have."""
    held = KeySet.from_keys(keys)
    carrier = Carrier.of(held)
    current = held.union(KeySet.from_keys(others))
    left = carried(carrier, current)
    assert not held.minus(left)
    assert not left.minus(current)
    assert carrier.count(current) == len(left)


@pytest.mark.parametrize(
    ("keys", "width"),
    [
        (["0"], 1),
        (["255"], 1),
        (["256"], 2),
        (["9" * 19], 8),
        (["0" * 32], 16),
        (["abc"], 3),
        (["abc", "ab"], 4),
        (["1", "a"], 9),
        (["1", "0" * 32], 17),
        (["k" * LONGEST, "0" * 32, "1"], LONGEST + 1),
    ],
)
def test_the_width_is_the_narrowest(keys: Any, width: int) -> None:
    assert Carrier.of(KeySet.from_keys(keys)).width == width


@pytest.mark.parametrize(
    ("keys", "word"),
    [(["1", "a"], 0xFF), (["abc"], 1 << 56)],
    ids=["unknown tag", "bytes after the value"],
)
def test_words_that_carry_no_such_key_are_noticed(keys: Any, word: Any) -> None:
    carrier = Carrier.of(KeySet.from_keys(keys))
    words = np.zeros((carrier.words, 1), np.uint64)
    words[0] = word
    assert carrier.unload(words) is None
