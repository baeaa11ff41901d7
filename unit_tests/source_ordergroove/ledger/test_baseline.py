import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.baseline import Baseline, Missing, Reason
from source_ordergroove.ledger.errors import LedgerError
from source_ordergroove.ledger.keyset import KeySet
from unit_tests.source_ordergroove.ledger.builders import (
    KEY_SETS,
    numeric,
    random_hex,
    texts,
)

AMPLE, TIGHT = 1_000_000, 14_000
BUDGETS = st.one_of(st.integers(64, 20_000), st.just(AMPLE))


def baseline(keys: Any, budget: int = TIGHT) -> Any:
    return Baseline.of(KeySet.from_keys(keys), budget)


def reread(known: Any) -> Any:
    return Baseline.from_state(json.loads(json.dumps(known.to_state())))


@given(KEY_SETS, BUDGETS)
def test_a_baseline_keeps_to_its_budget_and_comes_back(keys: Any, budget: int) -> None:
    known = baseline(keys, budget)
    read = reread(known)
    assert read.to_state() == known.to_state()
    assert len(read) == len(known) == len(keys)
    assert known.json_bytes == len(json.dumps(known.to_state(), separators=(",", ":"))) <= budget


@given(KEY_SETS, KEY_SETS, BUDGETS)
def test_what_is_missing_is_told_exactly_or_not_at_all(before: Any, now: Any, budget: int) -> None:
    missing = reread(baseline(before, budget)).missing(KeySet.from_keys(now))
    gone = before - now
    if missing.complete:
        assert set(missing.keys) == gone
        assert (len(missing.keys), missing.estimate, missing.reason) == (len(gone), len(gone), None)
    else:
        assert missing.keys == []
        assert missing.reason is not None


@given(KEY_SETS, KEY_SETS)
def test_with_room_enough_it_is_always_told(before: Any, now: Any) -> None:
    known = baseline(before, AMPLE)
    assert (known.kept, known.sketch, known.paused) == (KeySet.from_keys(before), None, None)
    assert known.missing(KeySet.from_keys(now)).complete


@given(KEY_SETS)
def test_a_baseline_is_exact_as_soon_as_it_fits(keys: Any) -> None:
    """The size that an exact baseline has is all it needs; one byte less, and it is none."""
    exact = baseline(keys, AMPLE)
    assert baseline(keys, exact.json_bytes).to_state() == exact.to_state()
    assert baseline(keys, exact.json_bytes - 1).to_state() != exact.to_state()


def test_above_the_budget_deletions_are_still_found() -> None:
    keys = random_hex(5_000)
    known = reread(baseline(keys))
    assert known.sketch is not None
    missing = known.missing(KeySet.from_keys(keys[250:]))
    assert (missing.complete, missing.estimate, missing.reason) == (True, 250, None)
    assert sorted(missing.keys) == sorted(keys[:250])


def test_too_many_deletions_name_no_key_but_their_number() -> None:
    keys = random_hex(5_000)
    missing = baseline(keys).missing(KeySet.from_keys(keys[2_000:]))
    assert missing == Missing([], complete=False, estimate=missing.estimate, reason=Reason.OVERFLOW)
    assert missing.estimate == pytest.approx(2_000, rel=0.1)


def test_new_keys_that_are_named_take_no_capacity() -> None:
    """A hundred deletions among 3,000 new customers: the table has room for 300 differences."""
    keys = random_hex(8_000)
    known, current = baseline(keys[:5_000]), KeySet.from_keys(keys[100:])
    assert not known.missing(current).complete
    missing = known.missing(current, new=KeySet.from_keys(keys[5_000:]))
    assert (missing.complete, set(missing.keys)) == (True, set(keys[:100]))


def test_naming_a_key_as_new_that_was_known_does_not_delete_it() -> None:
    """A row made during the last walk may have been listed by it."""
    keys = random_hex(5_000)
    current = KeySet.from_keys(keys[1:])
    missing = baseline(keys).missing(current, new=KeySet.from_keys(keys[1:50]))
    assert missing == Missing(keys[:1], complete=True, estimate=1)


def test_naming_a_key_as_new_that_is_not_there_does_not_hide_it() -> None:
    keys = random_hex(5_000)
    missing = baseline(keys).missing(KeySet.from_keys(keys[1:]), new=KeySet.from_keys(keys[:1]))
    assert missing == Missing(keys[:1], complete=True, estimate=1)


def test_a_few_keys_of_other_forms_do_not_widen_the_sketch() -> None:
    """One absurdly long key among integers is kept beside a sketch of narrow cells."""
    keys = [*numeric(20_000), "k" * 1_000, "guest", "jane@example.com"]
    known = reread(baseline(keys))
    assert sorted(known.kept) == ["guest", "jane@example.com", "k" * 1_000]
    assert known.sketch is not None
    assert known.sketch.carrier.width == 5
    missing = known.missing(KeySet.from_keys(keys[300:-2]))
    assert missing.complete
    assert set(missing.keys) == {*keys[:300], *keys[-2:]}


def test_a_kept_key_counts_in_the_estimate() -> None:
    keys = [*numeric(20_000), "guest"]
    missing = baseline(keys).missing(KeySet())
    assert missing.estimate == pytest.approx(20_001, abs=1)


@pytest.mark.parametrize(
    ("keys", "budget", "reason"),
    [
        (["x" * 300 + text for text in texts(600)], TIGHT, "long_keys"),
        (random_hex(500), 1_000, "budget"),
        (random_hex(1), 64, "budget"),
    ],
)
def test_a_set_that_fits_in_no_way_is_paused_with_its_reason(
    keys: Any, budget: int, reason: Any
) -> None:
    known = reread(baseline(keys, budget))
    assert known.to_state() == {"v": 1, "n": len(keys), "paused": reason}
    assert known.missing(KeySet.from_keys(keys[1:])) == Missing(
        [], complete=False, estimate=1, reason=Reason(reason)
    )
    assert known.missing(KeySet.from_keys([*keys, "more"])).estimate == 0


def exact_state() -> Any:
    return baseline(["1"], AMPLE).to_state()


def sketch_state() -> Any:
    return baseline(random_hex(5_000)).to_state()


@pytest.mark.parametrize(
    "state",
    [
        None,
        {},
        [],
        "1",
        {**exact_state(), "v": 2},
        {**exact_state(), "n": "1"},
        {**exact_state(), "n": 2},
        {**exact_state(), "keys": None},
        {**exact_state(), "keys": ""},
        {**exact_state(), "keys": sketch_state()["sketch"]},
        {**exact_state(), "sketch": exact_state()["keys"]},
        {**sketch_state(), "n": 4_999},
        {**sketch_state(), "sketch": sketch_state()["sketch"][:-4]},
        {"v": 1, "n": 1, "paused": "lunch"},
        {"v": 1, "n": 1},
    ],
)
def test_a_state_that_is_not_understood_is_refused(state: Any) -> None:
    with pytest.raises(LedgerError):
        Baseline.from_state(state)


def test_a_state_handed_out_is_a_copy() -> None:
    known = baseline(["1"], AMPLE)
    known.to_state()["n"] = 7
    assert known.to_state() == exact_state()


def test_keys_that_a_sketch_cannot_carry_are_kept_beside_it() -> None:
    """The rest of a walk may bring larger numbers, or text, than its beginning had."""
    small = list(map(str, Random(1).sample(range(2**31), 20_000)))
    others = [str(2**60 + 7), f"{5:032x}", "text"]
    known = reread(reread(baseline(small)).plus(KeySet.from_keys(others), 2 * TIGHT))
    assert known.sketch is not None
    assert len(known) == 20_003

    missing = known.missing(KeySet.from_keys(small[3:]))
    assert missing.complete
    assert sorted(missing.keys) == sorted([*small[:3], *others])


@given(KEY_SETS, KEY_SETS, BUDGETS)
def test_two_parts_of_a_walk_make_one_baseline(first: Any, second: Any, budget: int) -> None:
    """It keeps to its budget and misses what is missing from both, or says that it cannot tell."""
    known = reread(baseline(first, budget)).plus(KeySet.from_keys(second - first), budget)
    assert len(known) == len(first | second)
    assert known.json_bytes <= budget

    missing = known.missing(KeySet())
    assert set(missing.keys) == (first | second if missing.complete else set())
