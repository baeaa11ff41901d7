from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.errors import LedgerError
from source_ordergroove.ledger.keyset import KeySet
from source_ordergroove.ledger.sketch import Sketch
from unit_tests.source_ordergroove.ledger.builders import (
    KEYS,
    numeric,
    random_hex,
    texts,
    time_based,
)

SHORT = st.sets(KEYS.filter(lambda key: len(key) < 60), min_size=1, max_size=20)
SEEDS = st.integers(0, 2**64 - 1)
FORMS = {
    "numeric": numeric(4_000),
    "hex": random_hex(4_000),
    "time based": time_based(4_000),
    "text": texts(4_000),
    "mixed": [*numeric(1_000), *random_hex(1_000), *texts(1_000), *map(str, range(1_000))],
}
forms = pytest.mark.parametrize("keys", FORMS.values(), ids=FORMS)


def sketched(keys: Any, characters: int, seed: int = 0) -> Any:
    sketch = Sketch.of(KeySet.from_keys(keys), characters, seed)
    assert sketch is not None
    return sketch


@given(SHORT, SHORT, SEEDS)
def test_a_comparison_is_exact_or_nothing(ours: Any, theirs: Any, seed: int) -> None:
    """Sets of any keys against a table of some 20: both outcomes occur, a wrong key never."""
    found = sketched(ours, 6_000, seed).compared_with(KeySet.from_keys(theirs))
    if found.complete:
        assert set(found.gone) == ours - theirs
        assert set(found.new) <= theirs - ours
        assert found.estimate == len(ours - theirs)
    else:
        assert (len(found.gone), len(found.new)) == (0, 0)


@given(SHORT, SEEDS)
def test_a_sketch_comes_back_from_its_text(keys: Any, seed: int) -> None:
    sketch = sketched(keys, 20_000, seed)
    read = Sketch.from_text(sketch.to_text())
    assert read.to_text() == sketch.to_text()
    assert len(read) == len(keys)
    assert set(read.compared_with(KeySet()).gone) == keys


@given(SHORT, st.integers(0, 20_000))
def test_a_sketch_fills_its_room_and_no_more(keys: Any, characters: int) -> None:
    sketch = Sketch.of(KeySet.from_keys(keys), characters)
    if sketch is None:
        assert characters < 30_000
    else:
        cells_of_a_partition_more = 4 * (7 + sketch.carrier.width) * 4 / 3
        length = len(sketch.to_text())
        assert length <= characters < length + cells_of_a_partition_more + 2


@forms
def test_what_vanished_is_found_among_many_more(keys: Any) -> None:
    """The table has room for about 300 of the 4,000."""
    current = KeySet.from_keys(keys[200:])
    found = sketched(keys, 14_000).compared_with(current)
    assert found.complete
    assert set(found.gone) == set(keys[:200])


@pytest.mark.parametrize("seed", range(20))
def test_a_table_filled_to_its_capacity_is_told_completely(seed: int) -> None:
    """1,000 differences for 1.5 cells each, half of them new keys, for any seed."""
    keys = random_hex(2_500, seed)
    sketch = sketched(keys[:2_000], 46_100, seed)
    assert sketch.capacity == 1_000
    found = sketch.compared_with(KeySet.from_keys(keys[500:]))
    assert found.complete
    assert set(found.gone) == set(keys[:500])
    assert set(found.new) == set(keys[2_000:])


@forms
@pytest.mark.parametrize("kept", [0, 1, 2_000, 3_300])
def test_too_many_differences_are_noticed_and_estimated(keys: Any, kept: int) -> None:
    sketch = sketched(keys, 14_000)
    found = sketch.compared_with(KeySet.from_keys(keys[:kept]))
    assert not found.complete
    assert (len(found.gone), len(found.new)) == (0, 0)
    assert found.estimate == pytest.approx(len(keys) - kept, rel=0.1)


def test_keys_that_vanish_are_estimated_apart_from_keys_that_appear() -> None:
    keys = random_hex(12_000)
    sketch = sketched(keys[:8_000], 46_000)
    found = sketch.compared_with(KeySet.from_keys(keys[3_000:]))
    assert not found.complete
    assert found.estimate == pytest.approx(3_000, rel=0.1)


def test_keys_of_a_form_that_the_baseline_has_not_cost_no_room() -> None:
    """A shop that moves to another kind of id: 4,000 new keys beside a table for 300."""
    keys = numeric(500)
    current = KeySet.from_keys([*keys[1:], *random_hex(4_000)])
    found = sketched(keys, 14_000).compared_with(current)
    assert list(found.gone) == keys[:1]


@given(SHORT, st.data())
def test_damage_is_refused(keys: Any, data: Any) -> None:
    text = sketched(keys, 20_000).to_text()
    at = data.draw(st.integers(1, len(text) - 2))
    other = "A" if text[at] != "A" else "B"
    with pytest.raises(LedgerError, match="checksum"):
        Sketch.from_text(text[:at] + other + text[at + 1 :])
