"""The demonstration from beginning to end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from demo.board import Board, Outcome
from demo.effort import effort, efforts, in_reading_order
from demo.errors import DemoError
from demo.merchant import merchant
from demo.questions import QUESTIONS
from demo.report import write_report
from demo.story import tell
from demo.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from demo.merchant import Key, Merchant
    from demo.replication import Replication
    from demo.screen import Screen


class Demo:
    """Fills `demo.duckdb` in a folder and writes `demo-report.html` beside it."""

    def __init__(self, folder: Path, temporary: Path, screen: Screen) -> None:
        """Take where results go, where the rest goes, and where to say so."""
        self._database = folder / "demo.duckdb"
        self._report = folder / "demo-report.html"
        self._temporary = temporary
        self._screen = screen
        self._tables = Tables(self._database)

    def run(self, emulator: str | None) -> None:
        """Do it all; raises at the first thing that is not right."""
        screen = self._screen
        screen.title(
            "Ordergroove to DuckDB",
            "A merchant is emulated on this machine: no account, and nothing leaves it.",
        )
        self._start_afresh()
        with merchant(emulator) as shop:
            replication, streams = self._connect(shop)

            screen.title("First sync", "Every row of every table.")
            first = self._sync(shop, replication, streams)
            self._compare(shop, streams)

            screen.title("Three questions", "Plain SQL over the tables as they now are.")
            for question in QUESTIONS:
                screen.answer(question, self._tables.ask(question.sql))

            screen.title("Life goes on at Ordergroove", "")
            before = shop.keys(streams)
            for sentence in tell(shop):
                screen.say(sentence)
            vanished = _vanished(before, shop.keys(streams))

            screen.title(
                "Second sync",
                "From where the first one ended: changed rows, and the deleted ones as deleted.",
            )
            second = self._sync(shop, replication, streams)
            screen.deletions(self._tables.deleted(streams))
            self._compare(shop, streams)
            self._compare_deleted(shop, vanished)
        write_report(self._report, self._tables, streams, (first, second))
        screen.title("To look at", "")
        screen.files(
            {
                self._report: "the report, for a browser",
                self._database: "the tables, for any DuckDB client",
            }
        )

    def _start_afresh(self) -> None:
        old = [path for path in (self._database, self._report) if path.exists()]
        for path in old:
            path.unlink()
        self._database.with_suffix(".duckdb.wal").unlink(missing_ok=True)
        if old:
            names = " and ".join(path.name for path in old)
            self._screen.done(f"{names} of the last demo removed: it starts afresh each time")

    def _connect(self, shop: Merchant) -> tuple[Replication, list[str]]:
        screen = self._screen
        with screen.step("starting the emulator") as step:
            counts = shop.counts()
            step.result = f"the merchant has {sum(counts.values()):,} rows, at {shop.url}"
        with screen.step("loading PyAirbyte") as step:
            # Here, not above: it takes seconds, and reads its settings when it is imported.
            from demo.replication import Replication  # noqa: PLC0415

            config = {"api_key": shop.api_key(), "api_url": shop.url}
            replication = Replication(self._database, config, self._temporary)
            step.result = "PyAirbyte runs the connector's command and loads what it emits"
        with screen.step("check") as step:
            replication.check()
            step.result = "check: the connector reaches every endpoint"
        with screen.step("discover") as step:
            streams = in_reading_order(replication.discover())
            step.result = f"discover: {len(streams)} streams"
        return replication, streams

    def _sync(self, shop: Merchant, replication: Replication, streams: Sequence[str]) -> Board:
        shop.forget_requests()
        board = Board(streams)
        with self._screen.live(board, "the sync"):
            replication.sync(board)
            log = shop.requests()
            deleted = sum(self._tables.deleted(streams).values(), Counter[str]())
            board.outcome = Outcome(self._tables.live(streams), deleted, efforts(log), effort(log))
        return board

    def _compare(self, shop: Merchant, streams: Sequence[str]) -> None:
        self._screen.doing = "comparing the tables with the emulator's world"
        world, live = shop.counts(), self._tables.live(streams)
        different = [s for s in sorted({*world, *live}) if world.get(s) != live.get(s)]
        if different:
            raise DemoError(
                "These tables differ from Ordergroove's world: "
                + ", ".join(
                    f"{s} ({live.get(s, 'no')} rows, there {world.get(s, 'none')})"
                    for s in different
                )
            )
        self._screen.done(f"{len(live)} tables equal Ordergroove's world")

    def _compare_deleted(self, shop: Merchant, vanished: Mapping[str, set[Key]]) -> None:
        self._screen.doing = "comparing the deleted rows with those that vanished"
        flagged = {
            stream: self._tables.deleted_keys(stream, shop.key_columns(stream))
            for stream in vanished
        }
        different = [stream for stream in vanished if vanished[stream] != flagged[stream]]
        if different:
            raise DemoError(
                "Other rows are marked as deleted than vanished at Ordergroove: "
                + ", ".join(different)
            )
        count = sum(map(len, vanished.values()))
        self._screen.done(f"{count} rows vanished there, and exactly these are marked as deleted")


def _vanished(before: Mapping[str, set[Key]], after: Mapping[str, set[Key]]) -> dict[str, set[Key]]:
    return {stream: before[stream] - after[stream] for stream in before}
