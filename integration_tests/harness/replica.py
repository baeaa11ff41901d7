"""A connection: settings, selection, state and tables, from sync to sync."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from integration_tests.harness import connector
from integration_tests.harness.clocks import connector_clock, without_waiting
from integration_tests.harness.destination import Destination
from integration_tests.harness.truth import assert_exact, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from emulator.server import Running
    from integration_tests.harness.destination import Key, Table
    from integration_tests.harness.output import Message, Output


class Replica:
    """Copies an emulator's merchant with the connector and checks the copy.

    *streams* is the selection (default: all 21), *full_refresh* those of it that are not read
    incrementally; other arguments are the connector's settings.
    """

    def __init__(
        self,
        emulator: Running,
        streams: Iterable[str] | None = None,
        *,
        full_refresh: Collection[str] = (),
        **settings: Any,
    ) -> None:
        self.emulator = emulator
        self.settings: dict[str, Any] = {**settings}
        self.catalog = catalog(streams, full_refresh, settings.get("deletion_mode", "soft"))
        self.destination = Destination(self.catalog)
        self.skew = timedelta()
        """How far the connector's clock is ahead of the vendor's."""

    @property
    def config(self) -> dict[str, Any]:
        """The connector's configuration."""
        own = {"api_url": self.emulator.url, "api_key": self.emulator.api_key}
        return {**own, **self.settings}

    def table(self, stream: str) -> Table:
        """Return a stream's table."""
        return self.destination.tables[stream]

    def sync(self, *, exact: bool = False) -> Output:
        """Read once, apply it; raise unless it succeeds. With *exact* check the tables too."""
        output = self._read()
        assert output.exit_code == 0, _why(output)
        assert set(output.statuses) == set(self.destination.tables)
        assert set(output.statuses.values()) == {"COMPLETE"}, output.statuses
        if not output.warnings("lost the place"):
            self._assert_each_row_once(output)
        self.destination.apply(output.messages)
        if exact:
            self.assert_exact()
        return output

    def failing_sync(self) -> Output:
        """Read once, apply what came; raise if it succeeds."""
        output = self.any_sync()
        assert output.exit_code == 1, "the sync succeeded"
        return output

    def any_sync(self) -> Output:
        """Read once, apply what came, however it ended."""
        output = self._read()
        self.destination.apply(output.messages)
        return output

    def killed_sync(self, stop: connector.Stop, *, lose_uncommitted: bool = False) -> Output:
        """Read until *stop* says yes to a message, apply what came until then."""
        output = self._read(stop)
        self.destination.apply(output.messages, lose_uncommitted=lose_uncommitted)
        return output

    def forget_tables(self) -> None:
        """Reset the connection: tables and states are gone."""
        self.destination = Destination(self.catalog)

    def assert_exact(
        self,
        *,
        retained: dict[str, set[Key]] | None = None,
        where: dict[str, Callable[[dict[str, Any]], bool]] | None = None,
        every: int = 1,
    ) -> None:
        """Raise unless every table equals the world (see `truth.assert_exact`)."""
        for name, table in self.destination.tables.items():
            test = (where or {}).get(name, lambda _row: True)
            rows = wanted(self.emulator.world, table, test, every)
            assert_exact(table, rows, (retained or {}).get(name, set()))

    def _read(self, stop: connector.Stop | None = None) -> Output:
        clock = self.emulator.world.clock
        if clock.frozen:
            # Time passes between two syncs, if only a second.
            clock.advance(timedelta(seconds=1))
        with without_waiting(), connector_clock(self._now):
            output = connector.run(
                "read",
                stop=stop,
                config=self.config,
                catalog=self.catalog,
                state=self.state(),
            )
        output.assert_is_protocol()
        return output

    def _assert_each_row_once(self, output: Output) -> None:
        """Raise for a row that one sync brings twice: not every destination looks for that."""
        records = output.of("RECORD")
        rows = {(r["stream"], self.table(r["stream"]).key_of(r["data"])) for r in records}
        assert len(rows) == len(records), f"{len(records) - len(rows)} rows came twice"

    def state(self) -> list[Message]:
        """Return the state that the next sync gets."""
        return self.destination.state()

    def _now(self) -> datetime:
        return self.emulator.world.clock.now().astimezone(UTC) + self.skew


def catalog(
    streams: Iterable[str] | None = None,
    full_refresh: Collection[str] = (),
    deletion_mode: str = "soft",
) -> dict[str, Any]:
    """Return the configured catalog of a selection."""
    known = connector.streams(deletion_mode)
    return {
        "streams": [
            {
                "stream": known[name],
                "sync_mode": "full_refresh" if name in full_refresh else "incremental",
                "destination_sync_mode": "overwrite" if name in full_refresh else "append_dedup",
                "cursor_field": ["_og_synced_at"],
                "primary_key": known[name]["source_defined_primary_key"],
            }
            for name in (known if streams is None else streams)
        ]
    }


def _why(output: Output) -> str:
    errors = [trace["error"] for trace in output.of("TRACE") if trace["type"] == "ERROR"]
    return "; ".join(f"{error['message']} ({error['internal_message']})" for error in errors)
