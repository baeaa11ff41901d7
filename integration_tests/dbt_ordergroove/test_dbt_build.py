"""The dbt package, built for real on the demo's tables: after two syncs, with deleted rows."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration_tests.dbt_ordergroove.warehouse import PACKAGE
from integration_tests.harness import connector

if TYPE_CHECKING:
    from integration_tests.dbt_ordergroove.conftest import Built

pytestmark = pytest.mark.timeout(600)

PASSED = {"success", "pass", "warn"}
DANGLING = {"relationships_stg_ordergroove__item", "relationships_stg_ordergroove__subscription"}
"""Some products of the demo's items and subscriptions are no longer listed: a warning."""
DELETED = {"hevo": "__hevo__marked_deleted", "fivetran": "_fivetran_deleted"}

NOTHING_DELETED = {
    "offer_profile",
    "offer_profile_initial_coupon_discount",
    "offer_profile_recurring_coupon_discount",
    "placement_log_responses",
    "subscription",
}
"""The tables that lose nothing in the demo's story."""


def models(folder: str = ".") -> dict[str, Path]:
    """Return the SQL files of a folder of models, or of all, by name."""
    return {path.stem: path for path in (PACKAGE / "models" / folder).rglob("*.sql")}


def test_every_model_and_test_passes(built: Built) -> None:
    """All of them: one that was left out would not fail."""
    results = built.results

    assert {name: status for name, status in results.items() if status not in PASSED} == {}
    warned = {name.split(".")[2] for name, status in results.items() if status == "warn"}
    assert {name.rpartition("_product__")[0] for name in warned} == DANGLING
    assert {name.split(".")[-1] for name in results if name.startswith("model.")} == set(models())
    assert set(models("staging")) == {f"stg_ordergroove__{name}" for name in connector.streams()}
    assert set(models("hevo")) == {f"hevo__{name}" for name in connector.streams()}


def test_staging_has_the_live_rows_alone(built: Built) -> None:
    warehouse = built.warehouse
    for stream in connector.streams():
        where = f"{warehouse.schema}.{stream}"
        live = warehouse.ask(f"SELECT count(*) FROM {where} WHERE NOT _og_deleted")  # noqa: S608 our own tables
        staged = warehouse.ask(f"SELECT count(*) FROM {warehouse.schema}.stg_ordergroove__{stream}")  # noqa: S608

        assert (stream, staged) == (stream, live)


@pytest.mark.parametrize("pipeline", DELETED)
def test_views_with_the_other_pipelines_names_flag_exactly_the_deleted_rows(
    built: Built, pipeline: str
) -> None:
    """And hold all others too, each row once, under the names that pipeline has for the keys."""
    warehouse = built.warehouse
    with_deletions = set()
    for name, file in models(pipeline).items():
        stream = name.removeprefix(f"{pipeline}__")
        keys = primary_key(stream)
        renamed = renames(file)
        theirs = ", ".join(f'"{renamed.get(key, key)}"' for key in keys)
        ours = ", ".join(f'"{key}"' for key in keys)
        view = f"{warehouse.schema}_{pipeline}.{alias(file)}"

        expected = warehouse.ask(f"SELECT {ours}, _og_deleted FROM {warehouse.schema}.{stream}")  # noqa: S608
        shown = warehouse.ask(f"SELECT {theirs}, {DELETED[pipeline]} FROM {view}")  # noqa: S608

        assert sorted(map(str, shown)) == sorted(map(str, expected)), stream
        if any(row[-1] for row in shown):
            with_deletions.add(stream)
    streams = {name.removeprefix(f"{pipeline}__") for name in models(pipeline)}
    assert with_deletions == streams - NOTHING_DELETED


def alias(file: Path) -> str:
    """Return the name that a view has in its schema."""
    found = re.search(r"alias='(\w+)'", file.read_text())
    assert found
    return found[1]


def primary_key(stream: str) -> list[str]:
    return [column for (column,) in connector.streams()[stream]["source_defined_primary_key"]]


def renames(file: Path) -> dict[str, str]:
    """Return what a view renames, from the argument of its macro."""
    found = re.search(r"\{[^{}]*:[^{}]*\}", file.read_text().split("\n", 1)[1])
    return ast.literal_eval(found[0]) if found else {}
