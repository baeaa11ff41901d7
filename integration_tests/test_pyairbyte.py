"""PyAirbyte keeps the state itself and fills DuckDB: two syncs give the right tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from emulator.days import advance
from emulator.mutations import mutate
from integration_tests.harness.connector import EXECUTABLE
from integration_tests.harness.replica import Replica
from integration_tests.harness.truth import wanted, without_own

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.server import Running

STREAMS = (
    "orders",
    "item",
    "subscription_component",
    "subscription_discount",
    "customer",
    "product_group",
    "product_relationships",
)


# Importing PyAirbyte warns about the age of this Python.
@pytest.mark.filterwarnings("ignore")
def test_two_syncs_into_duckdb(
    emulator: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every key once, live rows as the vendor has them, vanished ones flagged, nothing else.

    PyAirbyte merges what a sync brings without looking for a key that it brings twice.
    """
    monkeypatch.setenv("AIRBYTE_OFFLINE_MODE", "1")
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    monkeypatch.chdir(tmp_path)
    # It looks at the environment, and takes longer to import than all of the above.
    import airbyte  # noqa: PLC0415
    from airbyte.caches import DuckDBCache  # noqa: PLC0415

    # The connector is another process, with the real time.
    emulator.world.clock.set(datetime.now().astimezone(), frozen=False)
    tables = Replica(emulator, STREAMS).destination.tables
    cache = DuckDBCache(db_path=tmp_path / "copy.duckdb", schema_name="og")

    def sync() -> None:
        source = airbyte.get_source(
            "source-ordergroove",
            config={"api_url": emulator.url, "api_key": emulator.api_key},
            local_executable=EXECUTABLE,
        )
        source.select_streams(list(STREAMS))
        source.read(cache=cache)

    sync()
    before = {name: wanted(emulator.world, table).keys() for name, table in tables.items()}
    advance(emulator.world, timedelta(days=1))
    for change in ("skip", "remove_component", "remove_discount", "change_quantity"):
        mutate(emulator.world, change, {})
    mutate(emulator.world, "remove_product", {"product": "SKU 1/2"})
    sync()

    for name, table in tables.items():
        rows = cache.run_sql_query(f"select * from og.{name}")  # noqa: S608 - a name of ours
        expected = wanted(emulator.world, table)
        keys = [table.key_of(row) for row in rows]
        assert len(set(keys)) == len(keys), f"{name} holds a key twice"
        flagged = {table.key_of(row) for row in rows if row["_og_deleted"]}
        assert flagged == before[name] - expected.keys()
        assert set(keys) - flagged == expected.keys()
        live = {table.key_of(row): row for row in rows if not row["_og_deleted"]}
        for key, row in expected.items():
            # Fields that the schema does not declare have no column there.
            declared = {c: v for c, v in (row or {}).items() if c in table.schema["properties"]}
            assert plain(vendors(live[key])) == declared, f"{name} {key} differs"


def vendors(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row's columns that come from the vendor and are not null."""
    row = without_own(row)
    return {name: value for name, value in row.items() if not name.startswith("_airbyte_")}


def plain(value: Any) -> Any:
    """Return a database value as the vendor's JSON would have it."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
