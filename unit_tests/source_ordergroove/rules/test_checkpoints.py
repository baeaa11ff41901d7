"""A killed run repeats little, and putting down where a walk stands costs little."""

import math

from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.rules.checkpoints import FIRST_AFTER, SHARE, Checkpoints


def written_after(pages: int) -> list[int]:
    """Return after which pages a walk writes a state, if writing costs nothing."""
    checkpoints = Checkpoints()
    written = []
    for page in range(1, pages + 1):
        if checkpoints.due(now=float(page)):
            checkpoints.written(float(page), float(page))
            written.append(page)
    return written


@given(st.integers(0, 20_000))
def test_killed_run_repeats_ten_pages_or_less_than_a_tenth(killed_after: int) -> None:
    written = [0, *written_after(killed_after)]

    assert killed_after - written[-1] < max(FIRST_AFTER, SHARE * killed_after)
    assert SHARE < 0.1


@given(st.integers(1, 100_000))
def test_number_of_states_grows_as_the_logarithm_of_the_pages(pages: int) -> None:
    """One for each ten pages until a share outgrows those; then gaps grow by that share."""
    turn = FIRST_AFTER / SHARE
    growth = 1 + SHARE - 1 / turn  # a gap is cut to whole pages

    most = turn / FIRST_AFTER + max(0, math.log(pages / turn) / math.log(growth)) + 1
    assert len(written_after(pages)) <= most < 150


def test_short_walk_writes_none() -> None:
    assert written_after(9) == []
    assert written_after(10) == [10]


@given(reading=st.floats(0.001, 2), writing=st.floats(0, 60))
def test_states_take_at_most_a_tenth_of_the_time(reading: float, writing: float) -> None:
    """However long one takes to write; the last one has no later page to be compared with."""
    checkpoints = Checkpoints()
    now, written = 0.0, 0
    for _ in range(1000):
        now += reading
        if checkpoints.due(now):
            checkpoints.written(now, now + writing)
            now += writing
            written += 1

    assert 10 * writing * (written - 1) <= now


@given(st.lists(st.booleans(), max_size=20))
def test_state_that_is_too_large_is_tried_again_when_the_walk_has_doubled(fits: list[bool]) -> None:
    """A walk of any length asks for few states in vain."""
    checkpoints, answers, refused_at = Checkpoints(), iter(fits), None
    for page in range(1, 2_000):
        if not checkpoints.due(now=float(page)):
            continue
        assert refused_at is None or page == 2 * refused_at
        if next(answers, True):
            checkpoints.written(float(page), float(page))
            refused_at = None
        else:
            checkpoints.refused()
            refused_at = page
