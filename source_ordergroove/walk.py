"""What the reading threads and the main thread say to each other.

One walk is one worker thread reading one endpoint of Ordergroove, so that never more than one
request per object type is in flight. The worker only does requests; every decision is taken on
the main thread, which alone knows the state: it tells the walk which legs to read, the walk
answers with events. Both travel through the CDK's ordinary record queue.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Semaphore
from typing import Any

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

#: Pages of one walk that may wait for the main thread. The CDK's queue holds 10,000 items: without
#: this bound a slow destination would fill it with whole pages.
PAGES_IN_HAND = 4
#: Seconds that a worker has, after it handed a page over, to send its next request.
HEAD_START = 0.0015
#: Seconds. Where answers come faster the rate limit holds a walk up, not the time between them.
FAST = 0.01


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a walk: a list to its explicit end, or one object by its id.

    *path* is relative to the endpoint, empty for the endpoint itself. *resume* is a `next` link to
    go on from. With *isolated* a failure is an answer (`LegFailed`), not the end of the walk.
    """

    name: str
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    resume: str | None = None
    isolated: bool = False
    single: bool = False
    max_pages: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One accepted answer: its rows and where the list goes on (None: explicit end).

    *sent* and *vendor_time* are Unix seconds: our clock when the request left, the vendor's `Date`
    header when the answer came (None without one). *elapsed* is the seconds between.
    """

    leg: Leg
    rows: list[dict[str, Any]]
    next: str | None
    sent: float
    elapsed: float
    vendor_time: float | None
    attempts: int
    count: int | None = None


@dataclass(frozen=True, slots=True)
class LegAbsent:
    """The vendor answered 404: no such object, or a cursor it no longer knows."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class LegDone:
    """Every page of the leg was delivered and the last one said that it was the last."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class LegFailed:
    """An isolated leg could not be read. What it asked is unknown, not answered with no."""

    leg: Leg
    error: AirbyteTracedException


@dataclass(frozen=True, slots=True)
class Opening:
    """The first event of a walk: the worker waits to be told what to read."""


WalkEvent = Opening | Page | LegAbsent | LegDone | LegFailed


class Walk:
    """The line between one worker and the main thread."""

    def __init__(self) -> None:
        self._legs: SimpleQueue[Leg | None] = SimpleQueue()
        self._room = Semaphore(PAGES_IN_HAND)
        # Each is counted by one thread alone.
        self._asked = 0
        self._taken = 0
        self._abandoned = Event()

    def read(self, *legs: Leg) -> None:
        """Main thread: read these next, in this order."""
        for leg in legs:
            self._legs.put(leg)

    def finish(self) -> None:
        """Main thread: nothing more to read."""
        self._legs.put(None)

    def give_way(self, elapsed: float) -> None:
        """Main thread: let the worker send its next request before a page is taken apart.

        *elapsed* seconds passed until the page's answer came.

        Both need the interpreter: else the request waits for the rows, with nothing under way at
        the vendor. A worker that is a page ahead has sent it already.
        """
        if elapsed > FAST and self._asked <= self._taken + 2:
            time.sleep(HEAD_START)

    def taken(self) -> None:
        """Main thread: a page was taken apart; there is room for another."""
        self._taken += 1
        self._room.release()

    def abandon(self) -> None:
        """Main thread: stop as soon as possible; nobody listens any more."""
        if not self._abandoned.is_set():
            self._abandoned.set()
            self._legs.put(None)
            self._room.release()

    def legs(self) -> Iterator[Leg]:
        """Worker: the legs as they are asked for, until the main thread has no more."""
        while (leg := self._legs.get()) is not None and not self._abandoned.is_set():
            yield leg

    def return_room(self) -> None:
        """Worker: what was read is no page."""
        self._asked -= 1
        self._room.release()

    def make_room(self) -> bool:
        """Worker: wait until another page may be read; False when the walk was abandoned."""
        self._room.acquire()
        self._asked += 1
        return not self._abandoned.is_set()
