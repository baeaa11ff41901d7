"""What is gone is what a naive comparison of all keys would say, over any number of syncs."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger import Baseline, Reason, join_key
from source_ordergroove.pipeline.tracking import Found, NoRoomError
from source_ordergroove.pipeline.whole_table import WholeTable
from unit_tests.source_ordergroove.pipeline.builders import (
    AMPLE,
    PAUSED,
    contents,
    put_down,
    random_ids,
    remembered,
)

keys = st.sampled_from([*(f"{n:032x}" for n in range(8)), *map(str, range(8)), "ä|\\", ""])
tables = st.sets(keys)


def whole(baseline: Baseline | None, resumed: Baseline | None = None) -> WholeTable:
    return WholeTable(baseline, resumed, log_kept_for_a_time=False)


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


def test_known_key_that_is_seen_again_costs_a_byte() -> None:
    """Sixteen for the key itself are spent already; a walk of millions must fit."""
    known = [f"{n:032x}" for n in range(30_000)]
    tracker = whole(remembered(set(known)))
    tracemalloc.start()
    tracker.anew()
    for at in range(0, len(known), 100):
        tracker.saw(known[at : at + 100])
    tracker.checkpoint(AMPLE)
    spent, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert spent / len(known) < 2
