"""One worker and the main thread: legs in order, pages bounded, and nobody waits for ever."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from unittest.mock import patch

import pytest

from source_ordergroove.walk import HEAD_START, PAGES_IN_HAND, Leg, Walk


def started(walk: Walk, worker: ThreadPoolExecutor) -> "Future[list[str]]":
    """Let a worker read the walk's legs; returns their names once they end."""
    listening = threading.Event()

    def read() -> list[str]:
        listening.set()
        return [leg.name for leg in walk.legs()]

    names = worker.submit(read)
    listening.wait()
    return names


def test_legs_arrive_in_the_order_they_were_asked_for() -> None:
    """Also those asked for while the worker waits for more."""
    walk = Walk()
    walk.read(Leg("open"), Leg("list"))
    with ThreadPoolExecutor() as worker:
        names = started(walk, worker)
        walk.read(Leg("confirm", path="1/"))
        walk.finish()

    assert names.result() == ["open", "list", "confirm"]


def test_four_pages_may_wait_and_no_fifth() -> None:
    """A worker that wants to read a fifth page waits, here until the walk is abandoned."""
    walk = Walk()
    asked = threading.Event()

    def fifth() -> bool:
        asked.set()
        return walk.make_room()

    assert PAGES_IN_HAND == 4
    assert [walk.make_room() for _ in range(4)] == [True] * 4
    with ThreadPoolExecutor() as worker:
        room = worker.submit(fifth)
        asked.wait()
        walk.abandon()

    assert room.result() is False


def test_page_that_was_taken_makes_room_for_another() -> None:
    walk = Walk()
    for _ in range(4):
        walk.make_room()
    with ThreadPoolExecutor() as worker:
        room = worker.submit(walk.make_room)
        walk.taken()

    assert room.result() is True


def test_answer_that_is_no_page_makes_room_for_another() -> None:
    walk = Walk()
    for _ in range(4):
        walk.make_room()
    walk.return_room()

    assert walk.make_room() is True


@pytest.mark.parametrize(
    ("ahead", "elapsed", "slept"), [(0, 0.05, [HEAD_START]), (1, 0.05, []), (0, 0.001, [])]
)
def test_worker_gets_a_head_start_unless_it_is_a_page_ahead_or_the_vendor_is_fast(
    ahead: int, elapsed: float, slept: list[float]
) -> None:
    """Page after page: the worker has asked for the next one, or has handed that over as well."""
    walk, slept_each = Walk(), []
    for _ in range(1 + ahead):
        walk.make_room()
    walk.make_room()
    walk.return_room()
    for _ in range(5):
        walk.make_room()
        with patch("time.sleep") as sleep:
            walk.give_way(elapsed)
        slept_each.append([call.args[0] for call in sleep.call_args_list])
        walk.taken()

    assert slept_each == [slept] * 5


def test_abandoned_walk_releases_a_worker_that_waits_for_legs() -> None:
    walk = Walk()
    with ThreadPoolExecutor() as worker:
        names = started(walk, worker)
        walk.abandon()

    assert names.result() == []


def test_abandoned_walk_drops_the_legs_not_yet_read() -> None:
    walk = Walk()
    walk.read(Leg("list"), Leg("confirm"))
    walk.abandon()

    assert [leg.name for leg in walk.legs()] == []


def test_abandoned_walk_has_no_room_however_often_it_is_asked() -> None:
    """A worker that goes on asking must end, not wait for room that nobody makes."""
    walk = Walk()
    walk.abandon()
    walk.abandon()

    assert [walk.make_room() for _ in range(4)] == [False] * 4
