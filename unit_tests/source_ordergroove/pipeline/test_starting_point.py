"""Where a list begins serves all tables of its walk, or none of what they remember counts."""

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.starting_point import StartingPoint, starting_point
from source_ordergroove.pipeline.state import Checkpoint, StreamState
from source_ordergroove.pipeline.table import Table
from source_ordergroove.rules.stamps import utc_now
from unit_tests.source_ordergroove.pipeline.builders import NOON, declaration, settings, table

PLACE = Checkpoint("https://restapi.ordergroove.com/customers/?cursor=7", NOON)
OTHER = Checkpoint("https://restapi.ordergroove.com/customers/?cursor=9", NOON)


def walked(place: Checkpoint | None = None) -> Table:
    """A table whose whole walk was a moment ago, and may wait."""
    now = utc_now()
    known = Baseline.of(KeySet.from_keys(["1"]), 1000)
    state = StreamState(watermark=now, walked=now, known=known, checkpoint=place)
    return table(declaration(between_walks="updated_start"), state=state)


def start(*tables: Table, days: int = 0, resumable: bool = True) -> StartingPoint:
    chosen = settings(reconcile_every=days)
    return starting_point(tables[0], tables, chosen, resumable=resumable)


def test_checkpoint_of_all_tables_is_gone_on_from() -> None:
    assert start(walked(PLACE), walked(PLACE)) == StartingPoint({}, PLACE.next, NOON)


def test_checkpoint_that_not_all_tables_have_is_dropped() -> None:
    """The others lack the rows before it."""
    for tables in ([walked(PLACE), walked()], [walked(PLACE), walked(OTHER)]):
        assert start(*tables) == StartingPoint()
        assert [each.state.checkpoint for each in tables] == [None, None]


def test_walk_that_cannot_be_resumed_starts_anew() -> None:
    assert start(walked(PLACE), resumable=False) == StartingPoint()


def test_whole_walk_that_was_begun_is_ended_before_one_is_skipped() -> None:
    assert start(walked(PLACE), days=1) == StartingPoint({}, PLACE.next, NOON)
    assert start(walked(), days=1).partial
