"""Where things are in a plot.

Across, positions are percent of the plot's width, so that a plot fits a phone without its text
shrinking; downwards they are pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

BAR_SHARE = 0.72
"""How much of its slot a bar fills."""

MOST_LINES = 4
"""Horizontal lines above the base line; a fifth adds no insight."""

MONTHS_APART = 16
"""Percent of the width; closer than this, two month names touch on a phone."""

EDGES = (5, 90)
"""Percent of the width between which a centred month name is not cut."""


@dataclass(frozen=True)
class Waffle:
    """Squares in columns, filled downwards: its width in pixels and path data by kind."""

    width: int
    paths: dict[str, str]


def waffle(counts: Mapping[str, int], high: int, size: int, pitch: int) -> Waffle:
    """Lay out one square a unit, kind after kind, in columns of *high* squares."""
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    paths = dict.fromkeys(counts, "")
    for number, kind in enumerate(kinds):
        column, row = divmod(number, high)
        paths[kind] += f"M{column * pitch} {row * pitch}h{size}v{size}h-{size}z"
    columns = -(-len(kinds) // high)
    return Waffle(max(columns * pitch - (pitch - size), 0), paths)


@dataclass(frozen=True)
class Bar:
    """A bar from `y` down `height` pixels; `middle` is where its labels go."""

    x: float
    width: float
    middle: float
    y: float
    height: float


def bars(values: Sequence[float], top: float, bottom: float) -> list[Bar]:
    """Lay out one bar a value between the pixel rows *top* and *bottom*."""
    slot = 100 / max(len(values), 1)
    tallest = max(values, default=0) or 1
    return [
        Bar(
            x=slot * (number + (1 - BAR_SHARE) / 2),
            width=slot * BAR_SHARE,
            middle=slot * (number + 0.5),
            y=bottom - (bottom - top) * value / tallest,
            height=(bottom - top) * value / tallest,
        )
        for number, value in enumerate(values)
    ]


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: percent across or pixels down, and its label."""

    at: float
    label: str


@dataclass(frozen=True)
class Curve:
    """A value that steps over time: SVG path data (percent, pixels), ticks and the last point."""

    line: str
    area: str
    across: list[Tick]
    down: list[Tick]
    last: float


def curve(points: Sequence[tuple[date, int]], top: float, bottom: float) -> Curve:
    """Lay out a step curve from the first day to the last, from 0 at *bottom* upwards."""
    first, last = points[0][0], points[-1][0]
    days = max((last - first).days, 1)
    step = _round_step(max(value for _, value in points))
    highest = step * (max(value for _, value in points) // step + 1)

    def across(day: date) -> float:
        return 100 * (day - first).days / days

    def down(value: float) -> float:
        return bottom - (bottom - top) * value / highest

    steps = [f"M0 {down(points[0][1]):.2f}"]
    steps += [f"H{across(day):.3f}V{down(value):.2f}" for day, value in points[1:]]
    line = "".join(steps)
    return Curve(
        line=line,
        area=f"{line}V{bottom}H0Z",
        across=_months(first, last, across),
        down=[Tick(down(value), str(value)) for value in range(0, highest, step)],
        last=down(points[-1][1]),
    )


def _round_step(highest: int) -> int:
    """Return the step with which three or four lines reach *highest*."""
    return next(
        int(base * 10**power)
        for power in count()
        for base in (1, 2, 5)
        if highest <= MOST_LINES * base * 10**power
    )


def _months(first: date, last: date, across: Callable[[date], float]) -> list[Tick]:
    """Mark starts of months: as many as have room, in a rhythm that divides a year."""
    # January 2024 is month 24288 = 2024 * 12, so that "every sixth" begins with January.
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    room = 100 // MONTHS_APART
    every = next((n for n in (1, 2, 3, 6, 12) if len(months) <= n * room), 24)
    ticks = [
        Tick(across(day), f"{day:%b %Y}")
        for month in months
        if month % every == 0
        for day in (date(month // 12, month % 12 + 1, 1),)
    ]
    return [tick for tick in ticks if EDGES[0] <= tick.at <= EDGES[1]]
