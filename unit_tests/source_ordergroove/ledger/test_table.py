from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.hashing import fingerprints, positions
from source_ordergroove.ledger.table import Table

NUMBERS = st.sets(st.integers(0, 2**64 - 1), max_size=60)


def table_of(numbers: Any, *, cells: int = 16, seed: int = 0) -> Any:
    table = Table.empty(cells, 1, seed)
    table.insert(np.array([sorted(numbers)], np.uint64))
    return table


def peeled(table: Any) -> Any:
    found = table.peel()
    return found and tuple(set(side[0].tolist()) for side in found)


@given(NUMBERS, NUMBERS, st.integers(0, 2**64 - 1))
def test_a_table_tells_the_exact_difference_or_nothing(ours: Any, theirs: Any, seed: int) -> None:
    """Up to 120 keys in 64 cells: some can be taken apart, many cannot, none comes out wrong."""
    rest = table_of(ours, seed=seed).minus(table_of(theirs, seed=seed))
    assert peeled(rest) in (None, (ours - theirs, theirs - ours))


@given(NUMBERS, st.sets(st.integers(0, 2**64 - 1), max_size=2))
def test_what_both_sides_share_costs_no_room(shared: Any, gone: Any) -> None:
    rest = table_of(shared | gone).minus(table_of(shared))
    assert peeled(rest) == (gone - shared, set())


@given(NUMBERS, st.integers(0, 2**64 - 1))
def test_cells_come_back_from_bytes(numbers: Any, seed: int) -> None:
    table = table_of(numbers, seed=seed)
    raw = table.to_bytes(8)
    assert len(raw) == 64 * (1 + 6 + 8)
    read = Table.from_bytes(raw, 8, seed)
    assert (read.seed, read.cells) == (seed, 16)
    assert not read.minus(table).counts.any()
    assert peeled(read.minus(table)) == (set(), set())


def test_keys_narrower_than_a_word_are_stored_narrow() -> None:
    table = table_of({1, 200, 255})
    raw = table.to_bytes(1)
    assert len(raw) == 64 * (1 + 6 + 1)
    assert peeled(Table.from_bytes(raw, 1, 0)) == ({1, 200, 255}, set())


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_key_missing_from_some_of_its_cells_ends_in_nothing(lost: int) -> None:
    """Each round takes it from one side and gives it to the other: that must end."""
    table = table_of({7})
    homes = positions(fingerprints(np.array([[7]], np.uint64), 0), 16)[:, 0]
    for partition in range(lost):
        at = partition * 16 + homes[partition]
        table.counts[at] = table.checks[at] = table.words[0, at] = 0
    assert table.peel() is None


@pytest.mark.parametrize("field", ["counts", "checks", "words"])
def test_anything_left_in_any_cell_is_noticed(field: Any) -> None:
    """Remainders that look like no key at all: a count of two, a sum without a count."""
    table = table_of({7, 8})
    getattr(table, field).reshape(-1)[3] ^= 2
    assert table.peel() is None


def test_keys_spread_evenly_over_the_cells() -> None:
    """Ids in sequence, too: 64,000 of them, 1,000 expected in each of 64 cells."""
    prints = fingerprints(np.arange(64_000, dtype=np.uint64)[None], 0)
    for homes in positions(prints, 64):
        assert np.bincount(homes, minlength=64).min() > 860
        assert np.bincount(homes, minlength=64).max() < 1_140


@pytest.mark.parametrize(("ours", "theirs"), [(4_000, 0), (0, 4_000), (3_000, 1_000), (100, 100)])
def test_the_estimate_is_near_the_truth(ours: Any, theirs: Any) -> None:
    """With a mean of up to 62 keys in a cell, and counts that know only 256 values."""
    other = table_of(range(2**63, 2**63 + theirs), cells=64)
    table = table_of(range(ours), cells=64).minus(other)
    assert table.differences(ours - theirs) == pytest.approx(ours + theirs, rel=0.2)
