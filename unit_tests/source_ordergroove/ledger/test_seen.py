from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.keyset import KeySet
from source_ordergroove.ledger.seen import SeenKeys
from unit_tests.source_ordergroove.ledger.builders import KEYS, random_hex

PAGES = st.lists(st.lists(KEYS, max_size=5), max_size=3)


@given(PAGES, PAGES)
def test_a_walk_may_be_frozen_at_any_time_and_goes_on(first: Any, second: Any) -> None:
    seen = SeenKeys()
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


def test_pages_beyond_the_waiting_ones_are_kept() -> None:
    """Keys are packed 16,384 at a time; pages that come twice are counted once."""
    keys = random_hex(40_000)
    seen = SeenKeys()
    for at in [*range(0, 40_000, 100), *range(0, 40_000, 1_000)]:
        seen.add(keys[at : at + 100])
    assert seen.freeze() == KeySet.from_keys(keys)
    assert len(seen) == 40_000
