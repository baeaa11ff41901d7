"""The table of a sync, which fills while the sync runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from demo.effort import Effort

MARKS = {"waiting": ("·", "dim"), "reading": ("›", "cyan"), "stored": ("✓", "green")}  # noqa: RUF001 an arrow head, meant


@dataclass(frozen=True)
class Outcome:
    """What a sync left behind: rows that live, rows that are deleted, and the effort."""

    live: Mapping[str, int]
    deleted: Mapping[str, int]
    efforts: Mapping[str, Effort]
    total: Effort


class Board:
    """Rows by stream as they come in; with an `outcome`, what came of them."""

    def __init__(self, streams: Sequence[str]) -> None:
        self._streams = streams
        self._read: Counter[str] = Counter()
        self._stored: set[str] = set()
        self.outcome: Outcome | None = None

    @property
    def rows_read(self) -> Mapping[str, int]:
        """Rows that the connector emitted so far, by stream."""
        return self._read

    def read(self, stream: str) -> None:
        """Count a row that the connector emitted."""
        self._read[stream] += 1

    def stored(self, stream: str) -> None:
        """Mark a stream whose rows are in its table."""
        self._stored.add(stream)

    def __rich__(self) -> Table:
        """Return the table as it stands."""
        # Narrow enough for 80 columns with the longest name in full.
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("  stream")
        for column in ("read", *(("live", "deleted", "requests", "seconds") * self._over)):
            table.add_column(column, justify="right")
        for stream in self._streams:
            table.add_row(*self._line(stream))
        table.add_section()
        table.add_row(Text("  all", style="bold"), *self._sum())
        return table

    @property
    def _over(self) -> bool:
        return self.outcome is not None

    def _line(self, stream: str) -> list[Text]:
        mark, style = MARKS[self._state(stream)]
        line = [Text.assemble((mark, style), " ", stream), _number(self._read[stream])]
        if self.outcome is not None:
            deleted = self.outcome.deleted.get(stream, 0)
            effort = self.outcome.efforts.get(stream)
            line += [
                _number(self.outcome.live[stream]),
                _number(deleted, "yellow"),
                _number(effort.requests) if effort else Text(),
                Text(f"{effort.seconds:.3f}") if effort else Text(),
            ]
        return line

    def _sum(self) -> list[Text]:
        numbers: list[Text] = [_number(self._read.total(), "bold")]
        if self.outcome is not None:
            numbers += [
                _number(sum(self.outcome.live.values()), "bold"),
                _number(sum(self.outcome.deleted.values()), "bold yellow"),
                _number(self.outcome.total.requests, "bold"),
                Text(f"{self.outcome.total.seconds:.3f}", style="bold"),
            ]
        return numbers

    def _state(self, stream: str) -> str:
        if self._over or stream in self._stored:
            return "stored"
        return "reading" if self._read[stream] else "waiting"


def _number(value: int, style: str = "") -> Text:
    return Text(f"{value:,}", style=style) if value else Text("·", style="dim")
