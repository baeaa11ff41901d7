"""The registry of things that can happen to a merchant, each callable alone and by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.tables import Row
    from emulator.world import World

Mutation = Callable[..., None]
"""Takes the world and, by name, which rows it happens to; unnamed ones are drawn at random."""

MUTATIONS: dict[str, Mutation] = {}
"""Every mutation by name; filled by `life` and `merchandising`."""

M = TypeVar("M", bound=Mutation)

DRAWS = 30
"""Random draws before all candidates are listed: listing them all every time is slow."""


class NothingToDo(ValueError):  # noqa: N818 - not a mistake: a merchant may have no such row
    """No row is in the state this mutation happens to."""


def mutation(function: M) -> M:
    """Register *function* under its name."""
    MUTATIONS[function.__name__] = function
    return function


def mutate(world: World, name: str, arguments: dict[str, Any]) -> None:
    """Let the mutation *name* happen; ValueError says what is wrong with the request."""
    function = MUTATIONS.get(name)
    if function is None:
        raise ValueError(f"There is no mutation `{name}`. Known: {', '.join(sorted(MUTATIONS))}.")
    known = list(inspect.signature(function).parameters)[1:]
    unknown = set(arguments) - set(known)
    if unknown:
        raise ValueError(
            f"`{name}` does not take {', '.join(sorted(unknown))}; it takes {', '.join(known)}."
        )
    function(world, **arguments)


def pick(
    world: World,
    table: str,
    key: str | None = None,
    fits: Callable[[Row], bool] = lambda _row: True,
    among: Callable[[], Sequence[Row]] | None = None,
) -> Row:
    """Return the row with *key*, or a random one of *table* (or *among* it) that *fits*."""
    if key is not None:
        named = world[table].get(key)
        if named is None or not fits(named):
            raise NothingToDo(f"`{table}` has no row {key!r} this can happen to.")
        return named
    rows = world[table].rows if among is None else among()
    for _ in range(DRAWS if rows else 0):
        row = world.rng.choice(rows)
        if fits(row):
            return row
    candidates = [row for row in rows if fits(row)]
    if not candidates:
        raise NothingToDo(f"`{table}` has no row this can happen to.")
    return world.rng.choice(candidates)
