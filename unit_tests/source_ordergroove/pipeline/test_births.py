"""The guess which changed rows were open at the last walk is right where their times tell."""

from typing import Any

from source_ordergroove.ledger import KeySet
from source_ordergroove.pipeline.births import Births

OPEN, SENT = "open", "sent"
BEFORE, SINCE, AFTER = "2026-03-01T12:00:00", "2026-03-02T12:00:00", "2026-03-02T18:00:00"


def new(now: str, **row: Any) -> bool:
    """Tell whether a row that is OPEN or SENT now is taken to be new."""
    births = Births()
    births.read(["a"], [row], SINCE, "updated")
    return "a" in births.since_last_walk(KeySet.from_keys(["a"] if now == OPEN else []))


def test_row_born_since_was_not_open_before() -> None:
    """Neither is one that was sent again since."""
    assert new(OPEN, created=AFTER, updated=AFTER)
    assert new(SENT, created=AFTER, updated=AFTER)
    assert new(OPEN, created=SINCE)


def test_older_row_that_changed_was_open_before() -> None:
    """It was sent since, or something else about it changed."""
    assert not new(SENT, created=BEFORE, updated=AFTER)
    assert not new(OPEN, created=BEFORE, updated=AFTER)


def test_row_that_did_not_change_is_as_it_was() -> None:
    """The overlap of the filter brings it once more."""
    assert new(SENT, created=BEFORE, updated=BEFORE)
    assert not new(OPEN, created=BEFORE, updated=BEFORE)
    assert new(SENT, updated=BEFORE)
    assert not new(OPEN, updated=BEFORE)


def test_changed_row_of_unknown_age_was_born_if_it_is_open() -> None:
    assert new(OPEN, updated=AFTER)
    assert not new(SENT, updated=AFTER)


def test_row_without_any_time_is_taken_for_a_changed_one() -> None:
    assert new(OPEN)
    assert not new(SENT, created=None, updated=None)
