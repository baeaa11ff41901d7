"""Databases with the demo's tables, for dbt to build on and for tests to look into."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg

from integration_tests.harness import connector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration_tests.harness.postgres import Cluster

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "dbt_ordergroove"
DBT = REPOSITORY / ".venv-dbt" / "bin" / "dbt"

#: What Airbyte's PostgreSQL destination would make of the demo's column types.
_TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "JSON": "jsonb",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "VARCHAR": "text",
}

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Warehouse:
    """A database as a dbt profile's target, and where its tables are."""

    target: dict[str, Any]
    schema: str

    def ask(self, sql: str) -> Rows:
        """Return the rows that a query gives."""
        if self.target["type"] == "duckdb":
            with duckdb.connect(self.target["path"], read_only=True) as database:
                return database.execute(sql).fetchall()
        with _connect(self.target) as connection:
            return connection.execute(sql).fetchall()

    def build(self, folder: Path, **variables: Any) -> dict[str, str]:
        """Run `dbt build`; return the status of each model and test by its id.

        Raises:
            AssertionError: dbt is not installed, or could not even start.

        """
        assert DBT.exists(), "Install dbt: make dbt"
        profile = {"ordergroove": {"target": "tests", "outputs": {"tests": self.target}}}
        (folder / "profiles.yml").write_text(json.dumps(profile))
        given = {"ordergroove_schema": self.schema, **variables}
        ran = subprocess.run(
            [DBT, "--no-use-colors", "build", "--profiles-dir", folder, "--project-dir", PACKAGE,
             "--target-path", folder / "target", "--log-path", folder / "logs",
             "--vars", json.dumps(given)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )  # fmt: skip
        results = folder / "target" / "run_results.json"
        assert results.exists(), ran.stdout[-4000:] + ran.stderr[-2000:]
        return {
            result["unique_id"]: result["status"]
            for result in json.loads(results.read_text())["results"]
        }


def in_duckdb(file: Path) -> Warehouse:
    """Return the demo's own kind of database."""
    with duckdb.connect(str(file), read_only=True) as database:
        (schema,) = {schema for schema, _, _ in _columns(database)}
    return Warehouse({"type": "duckdb", "path": str(file), "threads": 2}, schema)


def in_postgresql(file: Path, cluster: Cluster) -> Warehouse:
    """Copy the demo's tables into a new PostgreSQL database."""
    target = {
        "type": "postgres",
        "host": str(cluster.folder),
        "user": cluster.user,
        "password": "trusted",
        "port": 5432,
        "dbname": cluster.create_database().partition("?")[0].rpartition("/")[2],
        "schema": "public",
        "threads": 2,
    }
    with duckdb.connect(str(file), read_only=True) as source, _connect(target) as copy:
        for schema, table, columns in _columns(source):
            typed = ", ".join(
                f'"{name}" {_TYPES.get(kind, "numeric")}' for name, kind in columns.items()
            )
            copy.execute(f'CREATE TABLE "{table}" ({typed})')
            rows = source.execute(f'SELECT * FROM {schema}."{table}"').fetchall()  # noqa: S608 our own tables
            with copy.cursor().copy(f'COPY "{table}" FROM STDIN') as destination:
                for row in rows:
                    destination.write_row(row)
    return Warehouse(target, "public")


def _columns(
    database: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield schema, name and column types of each of the demo's tables."""
    found = database.execute(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
        " ORDER BY table_name, ordinal_position"
    ).fetchall()
    for stream in connector.streams():
        mine = [row for row in found if row[1] == stream]
        yield mine[0][0], stream, {name: kind for _, _, name, kind in mine}


def _connect(target: dict[str, Any]) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(
        host=target["host"], user=target["user"], dbname=target["dbname"], port=target["port"]
    )
