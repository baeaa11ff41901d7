"""A ledger for uses that a sketch cannot serve holds all keys or says that it does not."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger import Baseline, KeySet, Reason
from source_ordergroove.pipeline.tracking import Found, Untracked, exact_keys, exact_ledger
from unit_tests.source_ordergroove.pipeline.builders import AMPLE, contents

tables = st.sets(st.sampled_from([f"{n:032x}" for n in range(8)]))


def test_untracked_table_remembers_nothing() -> None:
    tracker = Untracked()
    tracker.saw(["a"])
    tracker.distrust()
    tracker.anew()

    assert tracker.find() == Found([], 0)
    assert tracker.ledger(AMPLE, held_back=True) is None
    assert tracker.checkpoint(AMPLE) is None


@given(tables, st.integers(0, 400))
def test_exact_ledger_holds_all_keys_or_pauses(known: set[str], budget: int) -> None:
    """Never a sketch: who asks for one row by its key needs the key."""
    ledger = exact_ledger(KeySet.from_keys(known), budget)

    assert ledger.sketch is None
    assert len(ledger) == len(known)
    if ledger.paused is None:
        assert contents(ledger) == known
    else:
        assert exact_keys(ledger) is None


def test_exact_ledger_pauses_where_another_would_be_a_sketch() -> None:
    random = Random(1)
    many = KeySet.from_keys(f"{random.getrandbits(128):032x}" for _ in range(4000))
    budget = Baseline.of(many, 10**6).json_bytes // 2

    assert Baseline.of(many, budget).sketch is not None
    assert exact_ledger(many, budget).paused == Reason.BUDGET
