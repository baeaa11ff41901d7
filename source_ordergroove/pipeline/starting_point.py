"""Where a walk's list begins, as its tables' states say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.settings import Settings
from source_ordergroove.pipeline.table import Table
from source_ordergroove.pipeline.whole_table import WholeTable
from source_ordergroove.rules.stamps import utc_now
from source_ordergroove.rules.timestamps import filter_start


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """*params* filter the list, *resume* is the link to go on from and *started* that walk's start.

    *partial* marks a list of changes of a table that is otherwise read whole.
    """

    params: Mapping[str, str] = field(default_factory=dict)
    resume: str | None = None
    started: datetime | None = None
    partial: bool = False


def starting_point(
    parent: Table, tables: Sequence[Table], settings: Settings, *, resumable: bool
) -> StartingPoint:
    """Return the starting point that serves all *tables* of a walk.

    A checkpoint counts only if all of them have the same one; the filter is the oldest of theirs,
    and there is none if one of them was never read.
    """
    place = _common_checkpoint(tables) if resumable else None
    if place is None:
        drop_checkpoints(tables)
    else:
        messages.LOG.info("Stream %s goes on where the last run stopped.", parent.name)
    watermarks = [table.state.watermark for table in tables]
    known = [watermark for watermark in watermarks if watermark]
    oldest = min(known) if len(known) == len(watermarks) else None
    rules = parent.rules
    resume, started = place or (None, None)
    if rules.time_filter and (since := filter_start(oldest, settings.start_date)):
        return StartingPoint({rules.time_filter: since}, resume, started)
    if rules.between_walks and oldest and not place and _read_whole_lately(tables, settings):
        for table in tables:
            if isinstance(table.tracker, WholeTable):
                table.tracker.partial = True
        return StartingPoint({rules.between_walks: filter_start(oldest, None) or ""}, partial=True)
    return StartingPoint({}, resume, started)


def drop_checkpoints(tables: Sequence[Table]) -> None:
    """Make the tables' walk start anew."""
    for table in tables:
        table.state = replace(table.state, checkpoint=None)
        table.tracker.anew()


def _common_checkpoint(tables: Sequence[Table]) -> tuple[str, datetime] | None:
    places = [table.state.checkpoint for table in tables]
    links = {(place.next, place.started) if place else None for place in places}
    return links.pop() if len(links) == 1 else None


def _read_whole_lately(tables: Sequence[Table], settings: Settings) -> bool:
    return all(table.may_skip(utc_now(), settings.reconcile_every) for table in tables)
