"""One walk, event by event, without a worker: what is read, what is remembered, and when."""

from datetime import UTC, datetime
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.budget import LedgerBudget
from source_ordergroove.pipeline.scope import scope_of
from source_ordergroove.pipeline.state import Checkpoint, StreamState
from source_ordergroove.rules.stamps import utc_now
from source_ordergroove.walk import Leg, LegAbsent, LegDone, Opening
from unit_tests.source_ordergroove.pipeline.builders import (
    KEY,
    NOON,
    Reading,
    declaration,
    settings,
    table,
)

LINK = "https://restapi.ordergroove.com/subscriptions/?cursor="
FILTERED = declaration("subscription", deletes="never", time_filter="updated_start")


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing a state takes no time, so that only pages decide."""
    monkeypatch.setattr("time.monotonic", lambda: 0.0)


def remembered(**fields: Any) -> StreamState:
    return StreamState(scope=scope_of(settings(), FILTERED), **fields)


def test_long_walk_writes_few_states() -> None:
    """After 10 pages, then every 10, then in growing gaps: some thirty for 500 pages."""
    reading = Reading(table(FILTERED))
    reading(Opening())
    leg = reading.leg()
    for number in range(500):
        reading.page(leg, str(number), link=f"{LINK}{number}")

    written = [state["checkpoint"]["next"] for state in reading.states()]
    after = [int(link.removeprefix(LINK)) + 1 for link in written]
    assert after[:4] == [10, 20, 30, 40]
    assert len(after) < 40
    assert 500 - after[-1] < 50


def test_checkpoint_keeps_the_watermark_and_holds_the_walks_start() -> None:
    """The watermark moves when the walk is complete, not before."""
    before = datetime(2026, 3, 1, tzinfo=UTC)
    reading = Reading(table(FILTERED, state=remembered(watermark=before)))
    reading(Opening())
    leg = reading.leg()
    for number in range(10):
        reading.page(leg, str(number), link=f"{LINK}{number}")

    (state,) = map(StreamState.from_blob, reading.states())
    assert state.watermark == before
    assert state.checkpoint == Checkpoint(f"{LINK}9", NOON, None)


def test_failed_walk_gives_back_its_last_checkpoint() -> None:
    """Before there is one, what it came with; the next sync goes on from there."""
    customer = table(FILTERED, state=remembered(watermark=NOON))
    customer.saved = {"version": 1, "watermark": "as it came"}
    reading = Reading(customer)
    reading(Opening())
    leg = reading.leg()
    for number in range(10):
        assert reading.family.fallback(customer) == customer.saved
        reading.page(leg, str(number), link=f"{LINK}{number}")

    (state,) = reading.states()
    assert reading.family.fallback(customer) == state


def test_last_page_writes_no_checkpoint() -> None:
    reading = Reading(table(FILTERED))
    reading(Opening())
    leg = reading.leg()
    for number in range(9):
        reading.page(leg, str(number), link=f"{LINK}{number}")
    reading.page(leg, "last")

    assert reading.states() == []


def test_checkpoint_too_large_for_one_table_is_none_for_all() -> None:
    """Tables of a walk are taken up together: half a checkpoint would be one to no purpose."""
    reading = Reading(table(FILTERED), table(), budget=LedgerBudget(total=30, per_stream=30))
    reading(Opening())
    leg = reading.leg()
    for number in range(50):
        reading.page(leg, str(number), link=f"{LINK}{number}")

    assert reading.states() == []


def test_list_of_changes_of_a_whole_table_writes_no_checkpoint() -> None:
    """Taken up by a sync that reads the whole table, it would stand for all of it."""
    declared = declaration(between_walks="updated_start")
    now = utc_now()
    known = Baseline.of(KeySet.from_keys(["1"]), 1_000)
    before = StreamState(
        scope=scope_of(settings(), declared), watermark=now, walked=now, known=known
    )
    reading = Reading(table(declared, state=before), reconcile_every=1)
    reading(Opening())
    leg = reading.leg()
    assert list(leg.params) == ["updated_start"]
    for number in range(50):
        reading.page(leg, str(number), link=f"{LINK}{number}")

    assert reading.states() == []


def test_full_refresh_writes_no_checkpoint() -> None:
    reading = Reading(table(FILTERED, incremental=False))
    reading(Opening())
    leg = reading.leg()
    for number in range(50):
        reading.page(leg, str(number), link=f"{LINK}{number}")

    assert reading.states() == []


@pytest.mark.parametrize("place", [None, Checkpoint(f"{LINK}7", NOON, None)])
def test_complete_walk_moves_the_watermark_to_its_start(place: Checkpoint | None) -> None:
    reading = Reading(table(FILTERED, state=remembered(checkpoint=place)))
    reading(Opening())
    leg = reading.leg()
    reading.page(leg, "1")
    reading(LegDone(leg))
    assert reading.ended()
    reading.messages += reading.family.complete()

    (state,) = map(StreamState.from_blob, reading.states())
    assert (state.watermark, state.checkpoint) == (NOON, None)


def test_walk_goes_on_from_its_checkpoint_with_the_same_filter() -> None:
    before = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    place = Checkpoint(f"{LINK}7", NOON, None)
    reading = Reading(table(FILTERED, state=remembered(watermark=before, checkpoint=place)))
    reading(Opening())

    assert reading.leg() == Leg(
        "list", params={"updated_start": "2026-03-01T03:00:00"}, resume=f"{LINK}7"
    )
    assert reading.family.started == NOON


def test_oldest_watermark_of_a_walks_tables_counts() -> None:
    """A child that was deselected for a while has older changes to read than its parent."""
    before = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    child = declaration("component", parent="subscription", deletes="replaced_per_parent")
    parent_table = table(FILTERED, state=remembered(watermark=NOON))
    reading = Reading(parent_table, table(child, state=remembered(watermark=before)))
    reading(Opening())

    assert reading.leg() == Leg("list", params={"updated_start": "2026-03-01T03:00:00"})


def test_walk_whose_keys_do_not_fit_is_tried_again_when_it_has_doubled() -> None:
    """A comparing walk needs its keys one by one; here two of them are already too many."""
    known = Baseline.of(KeySet.from_keys(["old"]), 1_000)
    before = StreamState(scope=scope_of(settings(), declaration()), watermark=NOON, known=known)
    reading = Reading(table(state=before), budget=LedgerBudget(total=75, per_stream=75))
    reading(Opening())
    leg = reading.leg()
    for number in range(50):
        reading.page(leg, str(number), link=f"{LINK}{number}")

    assert reading.states() == []


def test_forgotten_cursor_of_a_whole_table_forgets_what_the_killed_run_saw() -> None:
    """A row that went before the list was read again is gone, seen or not."""
    known = Baseline.of(KeySet.from_keys(["a", "b"]), 1_000)
    seen = Baseline.of(KeySet.from_keys(["a", "b"]), 1_000)
    before = StreamState(
        scope=scope_of(settings(), declaration()),
        watermark=NOON,
        known=known,
        checkpoint=Checkpoint(f"{LINK}7", NOON, seen),
    )
    reading = Reading(table(state=before))
    reading(Opening())
    reading(LegAbsent(reading.leg()))
    again = reading.leg()
    reading.page(again, "a")
    reading(LegDone(again))
    reading.messages += reading.family.complete()

    assert reading.flagged() == ["b"]


def test_cursor_forgotten_in_the_middle_forgets_what_was_read_before_it() -> None:
    """The list that is read anew no longer has a row that an earlier page had: it is gone."""
    known = Baseline.of(KeySet.from_keys(["a", "b"]), 1_000)
    scope = scope_of(settings(), declaration())
    reading = Reading(table(state=StreamState(scope=scope, watermark=NOON, known=known)))
    reading(Opening())
    first = reading.leg()
    reading.page(first, "b", link=f"{LINK}1")
    reading(LegAbsent(first))
    again = reading.leg()
    reading.page(again, "a")
    reading(LegDone(again))
    reading.messages += reading.family.complete()

    assert reading.flagged() == ["b"]


def test_forgotten_cursor_starts_the_list_anew_and_dates_the_walk_anew() -> None:
    """Its old start would be early enough too; but nothing of the old walk counts any more."""
    place = Checkpoint(f"{LINK}7", datetime(2026, 3, 1, tzinfo=UTC), None)
    reading = Reading(table(FILTERED, state=remembered(checkpoint=place)))
    reading(Opening())
    reading(LegAbsent(reading.leg()))
    again = reading.leg()
    reading.page(again, "1")

    assert again == Leg("list")
    assert reading.family.started == NOON


def test_cursor_that_is_forgotten_twice_fails_the_walk() -> None:
    reading = Reading(table(FILTERED))
    reading(Opening())
    reading(LegAbsent(reading.leg()))

    with pytest.raises(AirbyteTracedException, match="lost the place"):
        reading(LegAbsent(reading.leg()))


def test_changed_key_must_prove_itself_before_the_walk() -> None:
    """By one row: whose it is decides whether the state may be used."""
    old = scope_of(settings(api_key=KEY[::-1]), FILTERED).with_merchant("m")
    before = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    known = StreamState(scope=old, watermark=before)
    reading = Reading(table(FILTERED, state=known))
    reading(Opening())
    probe = reading.leg()
    reading.page(probe, "1", merchant="m")
    reading(LegDone(probe))

    assert (probe.params, probe.max_pages) == ({"page_size": "1"}, 1)
    assert reading.leg().params == {"updated_start": "2026-03-01T03:00:00"}
    assert reading.messages == []


def test_changed_key_of_another_merchant_reads_everything() -> None:
    old = scope_of(settings(api_key=KEY[::-1]), FILTERED).with_merchant("m")
    known = StreamState(scope=old, watermark=NOON)
    reading = Reading(table(FILTERED, state=known))
    reading(Opening())
    probe = reading.leg()
    reading.page(probe, "1", merchant="another")
    reading(LegDone(probe))

    assert reading.leg() == Leg("list")


def test_row_without_its_key_is_refused() -> None:
    reading = Reading(table(FILTERED))
    reading(Opening())

    with pytest.raises(AirbyteTracedException, match="without `public_id`"):
        reading.page(reading.leg(), "1", "")


def test_page_of_one_walk_has_one_stamp() -> None:
    reading = Reading(table(FILTERED))
    reading(Opening())
    leg = reading.leg()
    reading.page(leg, "1", "2", link=f"{LINK}2")
    reading.page(leg, "3")

    stamps = [m.record.data["_og_synced_at"] for m in reading.messages if m.record]
    assert stamps[0] == stamps[1] < stamps[2]
