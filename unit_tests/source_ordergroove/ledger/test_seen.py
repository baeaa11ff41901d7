from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.keyset import KeySet
from source_ordergroove.ledger.seen import SeenKeys
from unit_tests.source_ordergroove.ledger.builders import KEYS, random_hex

PAGES = st.lists(st.lists(KEYS, max_size=5), max_size=3)


@given(PAGES, PAGES, st.none() | st.lists(KEYS, max_size=8))
def test_a_walk_may_be_frozen_at_any_time_and_goes_on(
    first: Any, second: Any, known: list[str] | None
) -> None:
    """Whatever was known before: seen is only what was seen."""
    seen = SeenKeys(None if known is None else KeySet.from_keys(known))
    for page in first:
        seen.add(page)
    halfway = seen.freeze()
    for page in second:
        seen.add(iter(page))
    before = {key for page in first for key in page}
    after = {key for page in second for key in page}
    assert halfway == KeySet.from_keys(before)
    assert len(seen) == len(before | after)
    assert seen.freeze() == KeySet.from_keys(before | after)


@pytest.mark.parametrize("known", [0, 1, 20_000, 40_000])
def test_pages_beyond_the_waiting_ones_are_kept(known: int) -> None:
    """Keys are packed 16,384 at a time; pages that come twice are counted once."""
    keys = random_hex(40_000)
    seen = SeenKeys(KeySet.from_keys(keys[:known]))
    for at in [*range(0, 40_000, 100), *range(0, 40_000, 1_000)]:
        seen.add(keys[at : at + 100])
    assert seen.freeze() == KeySet.from_keys(keys)
    assert len(seen) == 40_000


@given(st.sets(KEYS, max_size=8), st.sets(KEYS, max_size=8), st.sets(KEYS, max_size=8))
def test_frozen_keys_and_known_ones_stay_as_they_are(
    known: set[str], first: set[str], second: set[str]
) -> None:
    """A set that was given away is not changed by what is seen later."""
    before = KeySet.from_keys(known)
    seen = SeenKeys(before)
    seen.add(first)
    halfway = seen.freeze()
    seen.add(second)
    seen.freeze()

    assert (before, halfway) == (KeySet.from_keys(known), KeySet.from_keys(first))


def test_keys_that_were_known_take_a_byte_until_the_walk_is_frozen() -> None:
    """And nothing more after it if nothing changed: the frozen set is the known one."""
    known = KeySet.from_keys(random_hex(40_000))
    seen = SeenKeys(known)
    seen.add(known)

    ((column, values),) = seen.freeze().columns.items()

    assert values is known.columns[column]
