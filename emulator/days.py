"""Time passing: what happens at which instant between two moments.

A day's events depend on the seed and the date alone, so a week is the same in one step of seven
days and in many steps of hours.
"""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from emulator import merchandising, subscribers
from emulator.clock import CHICAGO
from emulator.life import age_out_responses, fail_placement, open_orders, place
from emulator.mutations import MUTATIONS, NothingToDo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.world import World

PLACEMENT_HOUR = time(3, 10)
"""The nightly run; hour 2 is avoided by the vendor because a night in March has none."""

FAILURE_RATE = 0.07

COMMON = (
    "subscribe",
    "subscribe",
    "skip",
    "delay",
    "cancel_subscription",
    "send_now",
    "move_item",
    "merge_orders",
    "change_quantity",
    "change_subscription_quantity",
    "add_one_time_item",
    "apply_incentive",
    "delete_incentive",
    "change_address",
    "deactivate_payment",
    "reactivate_subscription",
)
RARE = tuple(
    name
    for name, function in sorted(MUTATIONS.items())
    if function.__module__ in {merchandising.__name__, subscribers.__name__} and name not in COMMON
)


def advance(world: World, delta: timedelta, *, life: bool = True) -> None:
    """Move the present by *delta*; with *life*, what happens on the way happens at its time."""
    if delta < timedelta():
        raise ValueError("Time only advances; set the clock to go back.")
    start = world.clock.now()
    if life:
        for instant, event in sorted(_events(world, start, start + delta)):
            with world.clock.standing_at(instant):
                _happen(world, event)
    world.clock.advance(delta)


def _events(world: World, start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    today = start.astimezone(CHICAGO).date()
    while today <= end.astimezone(CHICAGO).date():
        chance = random.Random(f"{world.seed} {today}")
        events = [(PLACEMENT_HOUR, "nightly_run")]
        for number in range(world.events_a_day):
            hour = time(8 + chance.randrange(14), chance.randrange(60), chance.randrange(60))
            events.append((hour, chance.choice(RARE if number == 0 else COMMON)))
        for hour, event in events:
            instant = datetime.combine(today, hour, CHICAGO).astimezone(UTC)
            if start < instant <= end:
                yield instant, event
        today += timedelta(days=1)


def _happen(world: World, event: str) -> None:
    if event == "nightly_run":
        _run_night(world)
        return
    # A merchant without, say, resources has none to remove: a day with less in it.
    with suppress(NothingToDo):
        MUTATIONS[event](world)


def _run_night(world: World) -> None:
    """Place what is due, in the order it was created, and let old responses go."""
    today = date.fromisoformat(world.now()[:10]).isoformat()
    due = [row for row in open_orders(world) if row["place"][:10] <= today]
    for order in sorted(due, key=lambda row: row.position):
        if world.rng.random() < FAILURE_RATE:
            fail_placement(world, order.key[0], world.rng.choice(("110", "120", "140")))
        else:
            place(world, order.key[0])
    age_out_responses(world)
