"""The manifest says everything once, and what it says fits the schemas, the vendor and the code."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from airbyte_cdk.sources.declarative.interpolation.interpolated_string import InterpolatedString

import source_ordergroove
from source_ordergroove.pipeline.declaration import Declaration, declarations
from source_ordergroove.source import SourceOrdergroove

PACKAGE = Path(source_ordergroove.__file__).parent
RAW: dict[str, Any] = yaml.safe_load((PACKAGE / "manifest.yaml").read_text())
STREAMS: dict[str, dict[str, Any]] = RAW["definitions"]["streams"]
CONFIG = {"api_key": "a-key-long-enough-to-be-recognised"}
RECEIVER = {"webhook_receiver": {"url": "https://hooks.example/", "token": "t" * 20}}

# The contract's table (section 3): endpoint and key of each stream.
CONTRACT = {
    "address": ("/addresses/", "public_id"),
    "customer": ("/customers/", "merchant_user_id"),
    "incentives": ("/one_time_incentives/", "public_id"),
    "item": ("/items/", "public_id"),
    "merchant_cancel_reason": ("/merchant/cancel_reason/", "application, cancel_reason"),
    "offer_profile": ("/offer_profiles/", "public_id"),
    "offer_profile_initial_coupon_discount": ("/offer_profiles/", "offer_profile_id, public_id"),
    "offer_profile_offer": ("/offer_profiles/", "offer_profile_id, offer_id"),
    "offer_profile_recurring_coupon_discount": ("/offer_profiles/", "offer_profile_id, public_id"),
    "orders": ("/orders/", "public_id"),
    "payment": ("/payments/", "public_id"),
    "placement_log_responses": ("/placement_logs/responses/", "public_id"),
    "product": ("/products/", "external_product_id"),
    "product_group": ("/products/", "product_id, group_type, name"),
    "product_relationships": ("/products/", "relationship_type, from_product, to_product"),
    "product_selection_rule": ("/products/", "product_id, public_id"),
    "product_selection_rule_element": ("/products/", "product_selection_rule_id, public_id"),
    "resources": ("/resources/", "public_id"),
    "subscription": ("/subscriptions/", "public_id"),
    "subscription_component": ("/subscriptions/", "subscription_id, public_id"),
    "subscription_discount": ("/subscriptions/", "subscription_id, position"),
    "webhook_event": ("/events", "arrival"),
}
# Requests that are not the vendor's.
OURS = {"webhook_event"}

# Parameters without which the vendor hides rows (contract, section 3).
SHOWN = {
    "incentives": {"include_item_level": "true"},
    "offer_profile": {"status": "all"},
    "product": {
        "autoship_enabled": "all",
        "allow_discontinued": "true",
        "include_product_selection_rules": "true",
    },
}


@pytest.fixture(scope="module")
def source() -> SourceOrdergroove:
    return SourceOrdergroove(config={**CONFIG, **RECEIVER})


@pytest.fixture(scope="module")
def declared(source: SourceOrdergroove) -> dict[str, Declaration]:
    return declarations(source.resolved_manifest)


@pytest.fixture(scope="module")
def schemas(source: SourceOrdergroove) -> dict[str, dict[str, Any]]:
    return {
        stream.name: dict(stream.get_json_schema())
        for stream in source.streams({**CONFIG, **RECEIVER})
    }


def components(node: object) -> Iterator[dict[str, Any]]:
    """Yield every component that stands anywhere below *node*."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for child in node.values():
            yield from components(child)
    elif isinstance(node, list):
        for child in node:
            yield from components(child)


def listed() -> list[str]:
    """The streams that the manifest lists, in order, by the names of their definitions."""
    entries = [inner for entry in RAW["streams"] for inner in _inner(entry)]
    return [entry.removeprefix("#/definitions/streams/") for entry in entries]


def _inner(entry: Any) -> list[str]:
    return [entry] if isinstance(entry, str) else entry["streams"]


def test_streams_keys_and_endpoints_are_the_contracts(declared: dict[str, Declaration]) -> None:
    assert {
        name: (stream.endpoint, ", ".join(stream.primary_key)) for name, stream in declared.items()
    } == CONTRACT


def test_each_definition_is_listed_once() -> None:
    assert sorted(listed()) == sorted(STREAMS)
    assert all(definition["name"] == name for name, definition in STREAMS.items())


def test_streams_of_the_receiver_are_there_with_a_receiver_alone() -> None:
    names = {stream.name for stream in SourceOrdergroove(config=CONFIG).streams(CONFIG)}

    assert names == CONTRACT.keys() - OURS
    assert len(names) == 21


def test_no_part_of_a_stream_stands_in_two_places() -> None:
    """What streams share is referred to: no stream brings a requester or a loader of its own."""
    shared = {"$ref": "#/definitions/stream"}
    for name in STREAMS.keys() - OURS:
        definition = STREAMS[name]
        own = definition.keys() - {"$ref", "name", "description", "primary_key", "$parameters"}
        assert definition["$ref"] == shared["$ref"]
        assert own <= {"retriever"}
        if own:
            assert definition["retriever"]["$ref"] == "#/definitions/retriever"
            assert "requester" not in definition["retriever"]


@pytest.mark.parametrize("name", CONTRACT)
def test_stream_has_a_schema_file_with_its_key_and_cursor(
    name: str, schemas: dict[str, dict[str, Any]]
) -> None:
    properties = schemas[name]["properties"]

    assert STREAMS[name]["$parameters"]["schema"] == name
    assert (PACKAGE / "schemas" / f"{name}.json").is_file()
    for column in [*STREAMS[name]["primary_key"], "_og_synced_at", "_og_deleted"]:
        assert column in properties
        assert properties[column]["description"]


def test_each_schema_file_is_of_a_stream() -> None:
    assert {path.stem for path in (PACKAGE / "schemas").iterdir()} == CONTRACT.keys()


@pytest.mark.parametrize("name", CONTRACT)
def test_stream_names_the_vendors_page(name: str) -> None:
    assert re.match(
        r"https://developer\.ordergroove\.com/reference/[a-z-]+\b", STREAMS[name]["description"]
    )


@pytest.mark.parametrize("name", sorted(CONTRACT.keys() - OURS))
def test_vendors_endpoints_stand_between_slashes(
    name: str, declared: dict[str, Declaration]
) -> None:
    assert re.fullmatch(r"/([a-z_]+/)+", declared[name].endpoint)


def test_hidden_rows_are_asked_for(declared: dict[str, Declaration]) -> None:
    """On the walk of the endpoint, so that the children inside are not hidden either."""
    assert {n: d.request_parameters for n, d in declared.items() if d.request_parameters} == SHOWN


def test_family_shares_its_parents_endpoint(declared: dict[str, Declaration]) -> None:
    """One walk serves them all, and it is the parent's."""
    for name, stream in declared.items():
        parent = declared[stream.walked]
        assert parent.walked == parent.name
        assert stream.endpoint == parent.endpoint
        assert (stream.table.parent is None) == (name == parent.name)


def test_words_of_a_table_belong_together(declared: dict[str, Declaration]) -> None:
    for name, stream in declared.items():
        table = stream.table
        child = table.parent is not None
        assert child == bool(table.nested or table.per_parent_path), name
        assert child == table.deletes.startswith("replaced"), name
        assert (table.deletes == "open_set") == bool(table.open_filter and table.open_when), name
        if table.nested:
            assert table.nested.rule.paths, name


def test_columns_named_in_a_table_are_in_its_schema(
    declared: dict[str, Declaration], schemas: dict[str, dict[str, Any]]
) -> None:
    for name, stream in declared.items():
        table, nested = stream.table, stream.table.nested
        named = {*(table.open_when or {}), table.open_since, table.retention}
        if nested:
            named |= {*nested.columns, *nested.require, *nested.first}
            named |= {nested.scalar, nested.position, nested.whole}
        assert named - {None} <= schemas[name]["properties"].keys(), name


def test_references_lead_somewhere() -> None:
    text = (PACKAGE / "manifest.yaml").read_text()
    for reference in set(re.findall(r"#/definitions/([\w/]+)", text)):
        node = RAW["definitions"]
        for part in reference.split("/"):
            node = node[part]


def test_custom_components_exist(source: SourceOrdergroove) -> None:
    names = {
        node["class_name"] for node in components(source.resolved_manifest) if "class_name" in node
    }

    assert names == {
        "source_ordergroove.components.page_retriever.PageRetriever",
        "source_ordergroove.components.pinned_api_key.PinnedApiKey",
    }
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert getattr(importlib.import_module(module), attribute)


def test_each_stream_is_one_partition(source: SourceOrdergroove) -> None:
    """`step` or a router would make parallel requests on one object type."""
    for node in components(source.resolved_manifest["streams"]):
        assert "step" not in node
        assert "partition_router" not in node


def test_requests_are_the_contracts(source: SourceOrdergroove) -> None:
    """Headers, timeouts and keep-alive; five at a time."""
    requesters = [
        node for node in components(source.resolved_manifest) if node["type"] == "HttpRequester"
    ]
    assert len(requesters) >= len(CONTRACT)
    for requester in requesters:
        assert requester["http_method"] == "GET"
        assert requester["request_headers"]["X-OG-API-VERSION"] == "2"
        assert requester["use_tcp_keepalive"] is True
        assert requester["connect_timeout_in_seconds"] == 15
        assert requester["read_timeout_in_seconds"] == 90
    assert source.resolved_manifest["concurrency_level"]["default_concurrency"] == 5


def test_retries_outlast_the_vendors_minute() -> None:
    """Waits of 2, 4, 8 ... seconds, one second of courtesy each: a minute and more in all."""
    handler = RAW["definitions"]["requester"]["error_handler"]
    found = re.search(r"max_retries', (\d+)", handler["max_retries"])

    assert found is not None
    assert sum(2**n for n in range(1, int(found[1]) + 1)) > 2 * 60


@pytest.mark.parametrize(
    ("config", "host"),
    [
        ({}, "https://restapi.ordergroove.com"),
        ({"environment": "production"}, "https://restapi.ordergroove.com"),
        ({"environment": "staging"}, "https://staging.restapi.ordergroove.com"),
        ({"api_url": ""}, "https://restapi.ordergroove.com"),
        ({"api_url": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ({"api_url": "http://127.0.0.1:8080/"}, "http://127.0.0.1:8080"),
        ({"api_url": "http://h:1", "environment": "staging"}, "http://h:1"),
    ],
)
def test_environment_decides_the_host(config: dict[str, str], host: str) -> None:
    endpoint = {"endpoint": "/orders/"}
    template = InterpolatedString.create(RAW["definitions"]["url"], parameters=endpoint)

    assert template.eval({**CONFIG, **config}) == f"{host}/orders/"
