"""Children that their parent no longer has are gone; those of parents that nobody read stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger import Baseline, join_key
from source_ordergroove.pipeline.per_parent import PerParent
from source_ordergroove.pipeline.tracking import Found, NoRoomError
from unit_tests.source_ordergroove.pipeline.builders import (
    AMPLE,
    PAUSED,
    contents,
    put_down,
    random_ids,
    remembered,
)

families = st.dictionaries(
    st.sampled_from(["p1", "p|2", "p\\3", "4"]), st.sets(st.sampled_from("abc"))
)


def children(family: dict[str, set[str]]) -> set[str]:
    return {join_key((parent, child)) for parent, found in family.items() for child in found}


def read(tracker: PerParent, family: dict[str, set[str]]) -> None:
    tracker.read_parents(family)
    tracker.saw(children(family))


@given(st.lists(families, min_size=1, max_size=5))
def test_children_over_many_syncs(syncs: list[dict[str, set[str]]]) -> None:
    """Each sync reads some parents: only their children can be gone, the others stay known."""
    baseline: Baseline | None = None
    truth: dict[str, set[str]] = {}
    for changed in syncs:
        tracker = PerParent(baseline, None)
        read(tracker, changed)

        found = tracker.find()

        was = {parent: found for parent, found in truth.items() if parent in changed}
        assert set(found.gone) == children(was) - children(changed)
        assert found.known == len(children(truth))
        truth.update(changed)
        ledger = tracker.ledger(AMPLE, held_back=False)
        assert contents(ledger) == children(truth)
        baseline = remembered(contents(ledger))


@given(known=families, changed=families)
def test_children_held_back_stay_known(
    known: dict[str, set[str]], changed: dict[str, set[str]]
) -> None:
    tracker = PerParent(remembered(children(known)), None)
    read(tracker, changed)
    tracker.find()

    assert contents(tracker.ledger(AMPLE, held_back=True)) == children(known) | children(changed)


@given(known=families, before=families, after=families)
def test_children_of_a_walk_taken_up_again(
    known: dict[str, set[str]], before: dict[str, set[str]], after: dict[str, set[str]]
) -> None:
    """A parent that was read before the kill counts as read, with or without children."""
    baseline = remembered(children(known))
    killed = PerParent(baseline, None)
    read(killed, before)
    resumed = PerParent(baseline, put_down(killed))
    read(resumed, after)

    was = {parent: found for parent, found in known.items() if parent in before | after}
    assert set(resumed.find().gone) == children(was) - children(before) - children(after)


def test_children_that_are_not_known_are_not_missed() -> None:
    tracker = PerParent(None, None)
    read(tracker, {"p": {"a"}})

    assert tracker.find() == Found([], 0)
    assert contents(tracker.ledger(AMPLE, held_back=False)) == {join_key(("p", "a"))}


def test_paused_children_stay_paused() -> None:
    """Those of the parents read since say nothing about all others, so the warning goes on."""
    tracker = PerParent(PAUSED, None)
    read(tracker, {"p": {"c"}})

    assert tracker.find() == Found([], 0)
    ledger = tracker.ledger(AMPLE, held_back=False)
    assert ledger is not None
    assert ledger.to_state() == {"v": 1, "n": 3, "paused": "budget"}


def test_first_walk_with_too_many_children_is_taken_up_again_and_ends_paused() -> None:
    killed = PerParent(None, None)
    killed.saw(join_key(("p", key)) for key in random_ids(3_000))
    resumed = PerParent(None, put_down(killed, 20_000))
    read(resumed, {"q": {"a"}})

    ledger = resumed.ledger(AMPLE, held_back=False)
    assert ledger is not None
    assert ledger.to_state() == {"v": 1, "n": 3_001, "paused": "budget"}


def test_walk_that_compares_children_needs_room_for_those_it_read() -> None:
    tracker = PerParent(remembered({join_key(("p", "a"))}), None)
    tracker.saw(join_key(("p", key)) for key in random_ids(3_000))

    with pytest.raises(NoRoomError):
        tracker.checkpoint(20_000)


@given(known=families, before=families, after=families)
def test_children_of_a_walk_that_starts_anew(
    known: dict[str, set[str]], before: dict[str, set[str]], after: dict[str, set[str]]
) -> None:
    killed = PerParent(remembered(children(known)), None)
    read(killed, before)
    tracker = PerParent(remembered(children(known)), put_down(killed))
    tracker.anew()
    read(tracker, after)

    was = {parent: found for parent, found in known.items() if parent in after}
    assert set(tracker.find().gone) == children(was) - children(after)


def test_distrusted_children_are_not_missed() -> None:
    tracker = PerParent(remembered({join_key(("p", "a"))}), None)
    tracker.distrust()
    read(tracker, {"p": set()})

    assert tracker.find() == Found([], 0)
