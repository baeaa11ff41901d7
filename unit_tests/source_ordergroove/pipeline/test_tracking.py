"""What is gone is what a naive comparison of all keys would say, over any number of syncs."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger import Baseline, KeySet, Reason, join_key
from source_ordergroove.pipeline.tracking import (
    Found,
    NoRoomError,
    PerParent,
    Tracker,
    Untracked,
    WholeTable,
    exact_keys,
    exact_ledger,
)

AMPLE = 100_000
PAUSED = Baseline.of(KeySet.from_keys(["a", "b"]), 0)

keys = st.sampled_from([*(f"{n:032x}" for n in range(8)), *map(str, range(8)), "ä|\\", ""])
tables = st.sets(keys)
families = st.dictionaries(
    st.sampled_from(["p1", "p|2", "p\\3", "4"]), st.sets(st.sampled_from("abc"))
)


def whole(baseline: Baseline | None, resumed: Baseline | None = None) -> WholeTable:
    return WholeTable(baseline, resumed, log_kept_for_a_time=False)


def remembered(known: set[str]) -> Baseline:
    """A ledger as the next sync gets it from the state."""
    return Baseline.from_state(Baseline.of(KeySet.from_keys(known), AMPLE).to_state())


def put_down(tracker: Tracker, room: int = AMPLE) -> Baseline:
    """A checkpoint as a later run gets it from the state."""
    seen = tracker.checkpoint(room)
    assert seen is not None
    return Baseline.from_state(seen.to_state())


def contents(ledger: Baseline | None) -> set[str]:
    exact = exact_keys(ledger)
    assert exact is not None
    return set(exact)


@given(st.lists(tables, min_size=1, max_size=5))
def test_whole_table_over_many_syncs(syncs: list[set[str]]) -> None:
    """Each finds what its predecessor saw and it did not; a key may come and go."""
    baseline: Baseline | None = None
    before: set[str] = set()
    for listed in syncs:
        tracker = whole(baseline)
        tracker.saw(listed)

        found = tracker.find()

        assert (set(found.gone), found.known, found.complete) == (
            before - listed,
            len(before),
            True,
        )
        ledger = tracker.ledger(AMPLE, held_back=False)
        assert contents(ledger) == listed
        baseline, before = remembered(contents(ledger)), listed


@given(known=tables, listed=tables)
def test_deletions_held_back_stay_known(known: set[str], listed: set[str]) -> None:
    """And so do the rows that are new: both are compared again by the next sync."""
    tracker = whole(remembered(known))
    tracker.saw(listed)
    tracker.find()

    assert contents(tracker.ledger(AMPLE, held_back=True)) == known | listed


@given(known=tables, pages=st.lists(tables, min_size=2), data=st.data())
def test_walk_taken_up_again_finds_the_same(
    known: set[str], pages: list[set[str]], data: st.DataObject
) -> None:
    """Wherever it stopped: what it had seen travels in the checkpoint."""
    cut = data.draw(st.integers(0, len(pages)))
    killed = whole(remembered(known))
    for page in pages[:cut]:
        killed.saw(page)

    resumed = whole(remembered(known), put_down(killed))
    for page in pages[cut:]:
        resumed.saw(page)

    assert set(resumed.find().gone) == known - set().union(*pages)
    assert contents(resumed.ledger(AMPLE, held_back=False)) == set().union(*pages)


def random_ids(count: int) -> list[str]:
    random = Random(count)
    return [f"{random.getrandbits(128):032x}" for _ in range(count)]


def test_first_walk_of_a_large_table_is_taken_up_again_and_misses_nothing_after() -> None:
    """Its keys do not fit the checkpoint, nor the ledger: a sketch goes through both."""
    ids = random_ids(3_000)
    killed = whole(None)
    killed.saw(ids[:2_000])
    resumed = whole(None, put_down(killed, 20_000))
    resumed.saw(ids[2_000:2_500])
    again = whole(None, put_down(resumed, 20_000))
    again.saw(ids[2_500:])
    assert again.find() == Found([], 0)
    ledger = again.ledger(20_000, held_back=False)
    assert ledger is not None
    assert (ledger.sketch is not None, len(ledger)) == (True, 3_000)

    following = whole(Baseline.from_state(ledger.to_state()))
    following.saw(ids[100:])

    assert set(following.find().gone) == set(ids[:100])


def test_walk_that_compares_is_not_taken_up_again_without_its_keys() -> None:
    """What it had seen must be taken out of the known keys one by one."""
    tracker = whole(remembered({"a"}))
    tracker.saw(random_ids(3_000))

    with pytest.raises(NoRoomError):
        tracker.checkpoint(20_000)


def test_checkpoint_without_any_room_is_none() -> None:
    tracker = whole(None)
    tracker.saw(random_ids(3_000))

    with pytest.raises(NoRoomError):
        tracker.checkpoint(500)


@given(seen=tables, listed=tables, known=tables)
def test_walk_that_starts_anew_has_seen_nothing(
    seen: set[str], listed: set[str], known: set[str]
) -> None:
    """A key that went before the list was read again is gone."""
    killed = whole(remembered(known))
    killed.saw(seen)
    tracker = whole(remembered(known), put_down(killed))
    tracker.anew()
    tracker.saw(listed)

    assert set(tracker.find().gone) == known - listed
    assert contents(tracker.ledger(AMPLE, held_back=False)) == listed


def test_first_walk_compares_with_nothing() -> None:
    tracker = whole(None)
    tracker.saw(["a"])

    assert tracker.find() == Found([], 0)
    assert contents(tracker.ledger(AMPLE, held_back=True)) == {"a"}


@given(known=tables, listed=tables)
def test_distrusted_walk_compares_with_nothing(known: set[str], listed: set[str]) -> None:
    tracker = whole(remembered(known))
    tracker.saw(listed)
    tracker.distrust()

    assert tracker.find() == Found([], 0)
    assert contents(tracker.ledger(AMPLE, held_back=False)) == listed


def test_paused_ledger_names_nothing_and_says_so() -> None:
    found = whole(PAUSED).find()

    assert (found.gone, found.known, found.complete) == ([], 2, False)
    assert found.reason == Reason.BUDGET


def test_held_back_ledger_that_is_no_list_of_keys_is_kept_as_it_is() -> None:
    """What it stands for cannot be joined with what was seen."""
    tracker = whole(PAUSED)
    tracker.saw(["c"])

    assert tracker.ledger(AMPLE, held_back=True) is PAUSED


days = st.sampled_from([f"2026-01-{day:02}" for day in range(1, 8)])
log_rows = st.sets(st.tuples(days, st.sampled_from("abc")))


@given(known=log_rows, listed=log_rows)
def test_log_kept_for_a_time_loses_its_oldest_rows_without_a_deletion(
    known: set[tuple[str, str]], listed: set[tuple[str, str]]
) -> None:
    """A row is deleted only if an older one is still listed; one of the oldest second is not."""
    tracker = WholeTable(
        remembered({join_key(row) for row in known}), None, log_kept_for_a_time=True
    )
    tracker.saw(map(join_key, listed))
    oldest = min((day for day, _ in listed), default="9999")

    gone = {join_key(row) for row in known - listed if row[0] > oldest}
    assert set(tracker.find().gone) == gone


@given(known=log_rows, before=log_rows, after=log_rows)
def test_log_taken_up_again_remembers_its_oldest_row(
    known: set[tuple[str, str]], before: set[tuple[str, str]], after: set[tuple[str, str]]
) -> None:
    baseline = remembered({join_key(row) for row in known})
    killed = WholeTable(baseline, None, log_kept_for_a_time=True)
    killed.saw(map(join_key, before))
    resumed = WholeTable(baseline, put_down(killed), log_kept_for_a_time=True)
    resumed.saw(map(join_key, after))
    at_once = WholeTable(baseline, None, log_kept_for_a_time=True)
    at_once.saw(map(join_key, before | after))

    assert set(resumed.find().gone) == set(at_once.find().gone)


def test_log_row_without_a_creation_time_neither_ages_nor_counts() -> None:
    """Its absence says nothing, and it does not make the whole log look as old as time."""
    dated, undated = join_key(("2026-01-02", "a")), join_key(("", "b"))
    tracker = WholeTable(remembered({dated, undated}), None, log_kept_for_a_time=True)
    tracker.saw([join_key(("2026-01-01", "c"))])

    assert list(tracker.find().gone) == [dated]


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
