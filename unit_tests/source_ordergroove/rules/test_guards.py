"""Deletions are held back when they are too many to be true, and only then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.rules.guards import aged_out, holds_back

counts = st.integers(0, 1_000_000)
percents = st.integers(0, 100)


@pytest.mark.parametrize(
    ("known", "gone", "percent", "held"),
    [
        (100, 15, 15, False),
        (100, 16, 15, True),
        (101, 16, 15, True),
        (107, 16, 15, False),
        (11, 11, 15, True),
        (10, 10, 15, False),
        (11, 11, 99, True),
        (11, 11, 100, False),
        (1_000_000, 11, 0, True),
        (1_000_000, 10, 0, False),
        (0, 0, 0, False),
    ],
)
def test_limit(known: int, gone: int, percent: int, held: bool) -> None:  # noqa: FBT001 a table
    assert holds_back(known, gone, percent) is held


@given(known=counts, gone=st.integers(0, 10), percent=percents)
def test_ten_deletions_are_always_plausible(known: int, gone: int, percent: int) -> None:
    assert not holds_back(known, gone, percent)


@given(known=counts, percent=percents, data=st.data())
def test_hundred_percent_releases_everything(known: int, percent: int, data: st.DataObject) -> None:
    del percent
    gone = data.draw(st.integers(0, known))

    assert not holds_back(known, gone, 100)


@given(known=st.integers(11, 1_000_000), percent=st.integers(0, 99))
def test_empty_list_over_a_known_table_is_held_back(known: int, percent: int) -> None:
    assert holds_back(known, known, percent)


@given(known=counts, gone=counts, more=counts, percent=percents, stricter=percents)
def test_more_deletions_or_a_lower_limit_never_let_through(
    known: int, gone: int, more: int, percent: int, stricter: int
) -> None:
    if holds_back(known, gone, percent):
        assert holds_back(known, gone + more, min(percent, stricter))


@pytest.mark.parametrize(
    ("created", "oldest_listed", "gone_by_age"),
    [
        ("2026-01-01T00:00:00", "2026-01-02T00:00:00", True),
        # Several rows of the oldest second: the vendor may have cut through it.
        ("2026-01-02T00:00:00", "2026-01-02T00:00:00", True),
        ("2026-01-03T00:00:00", "2026-01-02T00:00:00", False),
        ("", "2026-01-02T00:00:00", True),
        ("2026-01-03T00:00:00", None, True),
    ],
)
def test_row_older_than_the_oldest_one_listed_has_aged_out(
    created: str,
    oldest_listed: str | None,
    gone_by_age: bool,  # noqa: FBT001 a table
) -> None:
    assert aged_out(created, oldest_listed) is gone_by_age
