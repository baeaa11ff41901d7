"""A word of the manifest that nobody knows is an error before the first request."""

from typing import Any

import pytest
from pydantic import ValidationError

from source_ordergroove.pipeline.declaration import Declaration, NestedRows, declarations
from source_ordergroove.rules.children import Nested


def stream(name: str = "product", **table: Any) -> dict[str, Any]:
    return {
        "name": name,
        "primary_key": ["public_id"],
        "retriever": {"request_parameters": {"status": "all"}},
        "$parameters": {"endpoint": f"/{name}s/", "table": {"deletes": "reconciled", **table}},
    }


def one(**table: Any) -> Declaration:
    (declared,) = declarations({"streams": [stream(**table)]}).values()
    return declared


NESTED = {"paths": [["groups"]], "columns": {"product_id": "external_product_id"}}


def test_stream_is_read_from_the_manifest() -> None:
    declared = one(time_filter="updated_start", open_filter={"status": "1"})

    assert declared.name == declared.walked == "product"
    assert declared.primary_key == ("public_id",)
    assert declared.endpoint == "/products/"
    assert declared.request_parameters == {"status": "all"}
    assert declared.table.deletes == "reconciled"
    assert declared.table.time_filter == "updated_start"
    assert declared.table.open_filter == {"status": "1"}


def test_streams_keep_the_manifests_order() -> None:
    """It decides which walks start first."""
    names = ["b", "a", "c"]

    assert list(declarations({"streams": [stream(name) for name in names]})) == names


def test_child_is_walked_by_its_parent() -> None:
    assert one(parent="product", deletes="replaced").walked == "product"


def test_nested_rows_become_their_rule() -> None:
    declared = one(parent="product", deletes="replaced", nested=NESTED)

    assert declared.table.nested is not None
    assert declared.table.nested.rule == Nested(
        paths=(("groups",),), columns={"product_id": "external_product_id"}
    )


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"delete": "never"}, "delete"),
        ({"deletes": "sometimes"}, "deletes"),
        ({"deletes": None}, "deletes"),
        ({"time_filters": "updated_start"}, "time_filters"),
        ({"open_filter": ["status"]}, "open_filter"),
        ({"nested": {**NESTED, "path": []}}, "nested.path"),
        ({"nested": {"paths": [["groups"]]}}, "nested.columns"),
        ({"nested": {"columns": {}}}, "nested.paths"),
    ],
)
def test_unknown_or_missing_word_is_refused_by_name(table: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        one(**table)

    assert word in {".".join(map(str, error["loc"])) for error in refusal.value.errors()}


def test_stream_that_says_nothing_of_deletions_is_refused() -> None:
    silent = stream()
    del silent["$parameters"]["table"]["deletes"]

    with pytest.raises(ValidationError, match="deletes"):
        declarations({"streams": [silent]})


def test_column_whose_source_is_not_on_the_path_is_refused() -> None:
    nested = NestedRows(paths=(("groups",),), columns={"rule_id": "rules.public_id"})

    with pytest.raises(ValueError, match="rule_id"):
        _ = nested.rule
