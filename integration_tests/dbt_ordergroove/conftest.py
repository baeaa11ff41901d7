"""The demo's tables with dbt's models over them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration_tests.dbt_ordergroove.warehouse import Warehouse, in_duckdb, in_postgresql

if TYPE_CHECKING:
    from integration_tests.harness.postgres import Cluster


@dataclass(frozen=True)
class Built:
    """A warehouse, and what dbt said of each model and test in it."""

    warehouse: Warehouse
    results: dict[str, str]


@pytest.fixture(scope="session", params=["duckdb", "postgresql"])
def built(
    request: pytest.FixtureRequest,
    demo: tuple[Path, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Built:
    """Once on each database."""
    folder = tmp_path_factory.mktemp("dbt")
    # A copy: dbt writes into the file that it reads.
    file = folder / "demo.duckdb"
    shutil.copy(demo[0] / "demo.duckdb", file)
    if request.param == "duckdb":
        warehouse = in_duckdb(file)
    else:
        cluster: Cluster = request.getfixturevalue("postgresql")
        warehouse = in_postgresql(file, cluster)
    results = warehouse.build(folder, ordergroove_hevo=True, ordergroove_fivetran=True)
    return Built(warehouse, results)
