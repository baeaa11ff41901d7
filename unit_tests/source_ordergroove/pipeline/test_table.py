"""When a whole walk may wait, and what leaves a table."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.messages import singly
from source_ordergroove.pipeline.state import StreamState
from unit_tests.source_ordergroove.pipeline.builders import (
    HEX_IDS,
    NOON,
    declaration,
    sketch,
    table,
)

FILTERED = declaration(between_walks="updated_start")
WALKED = StreamState(
    watermark=NOON, walked=NOON, known=Baseline.of(KeySet.from_keys(["1", "2"]), 1000)
)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("later", "days", "skips"),
    [(0 * HOUR, 1, True), (23 * HOUR, 1, True), (24 * HOUR, 1, False), (0 * HOUR, 0, False)],
)
def test_whole_walk_waits_for_so_many_days(later: timedelta, days: int, *, skips: bool) -> None:
    assert table(FILTERED, state=WALKED).may_skip(NOON + later, days) == skips


def test_whole_walk_does_not_wait_for_a_clock_that_was_set_back() -> None:
    """It could be years until it is where it was."""
    assert not table(FILTERED, state=WALKED).may_skip(NOON - HOUR, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"watermark": None},
        {"walked": None},
        {"known": None},
        {"known": sketch(HEX_IDS)},
        {"known": Baseline.of(KeySet.from_keys(["1", "2"]), 0)},
    ],
    ids=["no watermark", "no whole walk", "no ledger", "sketch", "paused"],
)
def test_whole_walk_does_not_wait_without_all_that_a_list_of_changes_needs(
    change: dict[str, Any],
) -> None:
    """Keys of new rows can only be added to a ledger without loss."""
    assert not table(FILTERED, state=replace(WALKED, **change)).may_skip(NOON, 1)


def test_table_that_the_vendor_cannot_filter_is_walked_each_time() -> None:
    assert not table(declaration(), state=WALKED).may_skip(NOON, 1)


def test_full_refresh_is_a_whole_walk() -> None:
    assert not table(FILTERED, state=WALKED, incremental=False).may_skip(NOON, 1)


def test_tombstone_passes_what_live_rows_pass() -> None:
    """It may carry what a webhook tells of the row: hashed and blocked columns too."""
    hiding = table(filters=[lambda row: {**row, "merchant": "hidden"}])
    (live,) = singly(
        hiding.live([{"public_id": "1", "merchant": "m"}], "2026-03-02T18:00:00.000000Z")
    )
    gone = hiding.tombstone("1", "2026-03-02T18:00:00.000001Z", "webhook", {"merchant": "m"})

    assert live.record
    assert gone.record
    assert (live.record.data["merchant"], gone.record.data["merchant"]) == ("hidden", "hidden")


def test_page_without_rows_is_no_message() -> None:
    assert [*table().live([], "2026-03-02T18:00:00.000000Z")] == []
