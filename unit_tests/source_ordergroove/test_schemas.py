"""The schemas are what the normaliser converts to and what a warehouse's columns are made of."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

SCHEMA_FILES = sorted((Path(__file__).parents[2] / "source_ordergroove" / "schemas").glob("*"))
SCHEMAS: dict[str, dict[str, Any]] = {p.name: json.loads(p.read_text()) for p in SCHEMA_FILES}

PRIMARY_KEYS = {
    "address": ["public_id"],
    "customer": ["merchant_user_id"],
    "incentives": ["public_id"],
    "item": ["public_id"],
    "merchant_cancel_reason": ["application", "cancel_reason"],
    "offer_profile": ["public_id"],
    "offer_profile_initial_coupon_discount": ["offer_profile_id", "public_id"],
    "offer_profile_offer": ["offer_profile_id", "offer_id"],
    "offer_profile_recurring_coupon_discount": ["offer_profile_id", "public_id"],
    "orders": ["public_id"],
    "payment": ["public_id"],
    "placement_log_responses": ["public_id"],
    "product": ["external_product_id"],
    "product_group": ["product_id", "group_type", "name"],
    "product_relationships": ["relationship_type", "from_product", "to_product"],
    "product_selection_rule": ["product_id", "public_id"],
    "product_selection_rule_element": ["product_selection_rule_id", "public_id"],
    "resources": ["public_id"],
    "subscription": ["public_id"],
    "subscription_component": ["subscription_id", "public_id"],
    "subscription_discount": ["subscription_id", "position"],
    "webhook_event": ["arrival"],
}
INTEGER_KEYS = {"position", "arrival"}
NEVER_NULL = ["_og_synced_at", "_og_deleted"]
CONNECTOR_COLUMNS = [*NEVER_NULL, "_og_deleted_at", "_og_deletion_source", "_og_unparsed"]
WALL_CLOCK = "Wall-clock time as Ordergroove writes it (America/Chicago by all evidence)."
COLUMN_TYPES = {
    *((kind, None, None) for kind in ("string", "number", "integer", "boolean", "object", "array")),
    ("string", "date", None),
    ("string", "date-time", "timestamp_without_timezone"),
    ("string", "date-time", "timestamp_with_timezone"),
}

every_stream = pytest.mark.parametrize("stream", PRIMARY_KEYS)


def columns(stream: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = SCHEMAS[f"{stream}.json"]["properties"]
    return found


def described(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (dotted path, declaration) of every property, nested ones too."""
    for name, declared in schema.get("properties", {}).items():
        yield path + name, declared
        yield from described(declared, f"{path}{name}.")
        yield from described(declared.get("items", {}), f"{path}{name}[].")


def errors(stream: str, record: dict[str, Any]) -> list[str]:
    found = Draft7Validator(SCHEMAS[f"{stream}.json"]).iter_errors(record)
    return sorted(f"{'.'.join(map(str, error.path))}: {error.message}" for error in found)


def tombstone(stream: str) -> dict[str, Any]:
    key = {name: 3 if name in INTEGER_KEYS else "k" for name in PRIMARY_KEYS[stream]}
    return {**key, "_og_synced_at": "2026-03-20T04:00:00.000001Z", "_og_deleted": True}


def test_there_is_one_file_a_stream() -> None:
    assert [f"{stream}.json" for stream in sorted(PRIMARY_KEYS)] == sorted(SCHEMAS)


@every_stream
def test_a_schema_is_valid_draft_07_and_open_to_new_fields(stream: str) -> None:
    schema = dict(SCHEMAS[f"{stream}.json"])
    Draft7Validator.check_schema(schema)

    del schema["properties"]

    assert {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": True,
        "required": [*PRIMARY_KEYS[stream], *NEVER_NULL],
    } == schema


@every_stream
def test_a_file_reads_key_first_and_ends_with_the_connectors_columns(stream: str) -> None:
    names = list(columns(stream))
    key = PRIMARY_KEYS[stream]

    assert (key, CONNECTOR_COLUMNS) == (names[: len(key)], names[-5:])
    for name in CONNECTOR_COLUMNS:
        assert columns("orders")[name] == columns(stream)[name]


@every_stream
def test_a_column_has_one_type_and_is_nullable_unless_it_identifies_the_row(stream: str) -> None:
    for name, declared in columns(stream).items():
        kind = declared["type"]
        if name in PRIMARY_KEYS[stream]:
            assert kind == ("integer" if name in INTEGER_KEYS else "string"), name
        elif name not in NEVER_NULL:
            null, kind = kind
            assert null == "null", name
        assert (kind, declared.get("format"), declared.get("airbyte_type")) in COLUMN_TYPES, name


@every_stream
def test_every_property_is_described_in_sentences(stream: str) -> None:
    bare = [
        path
        for path, declared in described(SCHEMAS[f"{stream}.json"])
        if not re.fullmatch(r"\S.{18,}[.]", declared.get("description", ""))
    ]

    assert bare == []


@every_stream
def test_a_naive_timestamp_says_whose_clock_it_shows(stream: str) -> None:
    for name, declared in columns(stream).items():
        naive = declared.get("airbyte_type") == "timestamp_without_timezone"
        assert naive == declared["description"].endswith(WALL_CLOCK), name


@every_stream
def test_a_reference_names_a_stream_and_its_column(stream: str) -> None:
    text = json.dumps(SCHEMAS[f"{stream}.json"])
    named = re.findall(r"References (\w+)\.(\w+)\.", text)

    assert text.count("References ") == len(named)
    assert [(to, name) for to, name in named if name not in columns(to)] == []


@every_stream
def test_a_nested_value_may_be_of_any_type(stream: str) -> None:
    """Only columns are normalised: a type promised further down could fail a record."""
    typed = [
        path
        for path, declared in described(SCHEMAS[f"{stream}.json"])
        if (path not in columns(stream) and "type" in declared)
        or "type" in declared.get("items", {})
    ]

    assert typed == []


@every_stream
def test_a_tombstone_needs_its_key_and_no_other_column(stream: str) -> None:
    row = tombstone(stream)

    assert errors(stream, row) == []
    for name in row:
        less = {column: value for column, value in row.items() if column != name}
        assert errors(stream, less) == [f": {name!r} is a required property"]


@every_stream
def test_a_column_refuses_a_value_of_another_type(stream: str) -> None:
    for name, declared in columns(stream).items():
        wrong = True if "string" in declared["type"] else "1.00"
        listed = declared["type"] if isinstance(declared["type"], list) else [declared["type"]]
        types = ", ".join(map(repr, listed))

        assert errors(stream, {**tombstone(stream), name: wrong}) == [
            f"{name}: {wrong!r} is not of type {types}"
        ]


@every_stream
def test_the_documented_examples_fit_and_hold_no_undeclared_column(stream: str) -> None:
    assert EXAMPLES[stream] != []
    for record in EXAMPLES[stream]:
        assert errors(stream, {**tombstone(stream), "_og_deleted": False, **record}) == []
        assert sorted(record.keys() - columns(stream).keys()) == []


# The examples of Ordergroove's pages, as they are once normalised.
EXAMPLES: dict[str, list[dict[str, Any]]] = json.loads(r"""
{
 "address": [{"customer": "9621785240035", "public_id": "66c25cd0564011e9abc5bc764e1079aa",
  "label": null, "first_name": "Ada", "last_name": "Example", "company_name": null, "address":
  "1 Main St", "address2": null, "city": "New York", "state_province_code": "NY",
  "zip_postal_code": "10004-2487", "phone": "5555550100", "fax": null, "country_code": "US",
  "live": true, "created": "2026-01-15T10:20:59", "updated": "2026-01-15T10:20:59", "token_id":
  null, "store_public_id": null}],
 "customer": [{"merchant": "519f1f12", "merchant_user_id": "9621785240035", "id": 12,
  "session_id": "519f1f12.66746.1739289512", "user_token_id": "", "first_name": "Ada",
  "last_name": "Example", "email": "ada@example.com", "phone_number": "+15555550100",
  "phone_type": null, "live": true, "created": "2026-01-15T10:20:59", "last_updated":
  "2026-02-01T11:49:10", "last_login": null, "extra_data": {"_raw": "vip"}, "locale": "1",
  "price_code": null}],
 "incentives": [{"public_id": "8637c3fe", "external_code": "awesome_discount", "description":
  "One-time Incentive", "merchant": "519f1f12", "customer": "9621785240035", "order": "6120b166",
  "item": null, "created": "2026-02-21T09:36:57", "last_updated": "2026-02-22T09:00:15",
  "applied_at": "2026-02-22T09:00:15", "expires": "2026-05-21T00:00:00", "stacking_type": "base",
  "incentive_type": "Discount", "incentive_public_id": "c34a8c03", "incentive_discount_type":
  "Discount Percent", "incentive_target": "order", "incentive_field": "sub_total",
  "incentive_name": "awesome discount", "incentive_value": 10.00, "incentive_threshold_field":
  null, "incentive_threshold_value": null, "incentive_limit_value": 25.5,
  "incentive_limit_policy": "fixed", "incentive_product": null}],
 "item": [{"order": "6120b166", "offer": null, "subscription": "f9cb2f93", "product":
  "48398751430001", "components": ["48398751430002"], "subscription_component": null, "quantity":
  2, "public_id": "45c39cec", "product_attribute": null, "price": 52.85, "extra_cost": 0.00,
  "total_price": 95.12, "one_time": false, "frozen": false, "order_updated":
  "2026-03-15T01:12:09", "first_placed": "2026-03-15T01:12:08"}],
 "merchant_cancel_reason": [{"cancel_reason": "12", "application": "msi"}],
 "offer_profile": [{"public_id": "e3e9ac44", "name": "Default Offer Profile", "merchant":
  "519f1f12", "weight": 100, "live": true, "status": "available", "offers": ["a748aa64"],
  "initial_coupon": null, "recurring_coupon": {"public_id": "ff48e9fd", "name": "Recurring 10",
  "code": "rec10", "discounts": [{"public_id": "c67dec11", "name": "10% off", "object": 1,
  "field": 2, "type": "Discount Percent", "value": "10", "threshold_field": null,
  "threshold_value": null}]}}],
 "offer_profile_initial_coupon_discount": [{"offer_profile_id": "e3e9ac44", "coupon_id":
  "ff48e9fd", "public_id": "c67dec11", "name": "Free shipping on orders over $50", "object": 1,
  "field": 2, "type": "Free discount_percent", "value": 100, "threshold_field": 3,
  "threshold_value": 50}],
 "offer_profile_offer": [{"offer_profile_id": "e3e9ac44", "offer_id": "a748aa64"}],
 "offer_profile_recurring_coupon_discount": [{"offer_profile_id": "e3e9ac44", "coupon_id":
  "ff48e9fd", "coupon": "17", "has_condition": false, "public_id": "c67dec11", "name": "10% off",
  "object": 1, "field": 2, "type": "Discount Percent", "value": 10, "threshold_field": null,
  "threshold_value": null}],
 "orders": [{"merchant": "519f1f12", "customer": "9621785240036", "payment": "070001bc",
  "shipping_address": "66c25cd0", "public_id": "554f0ede", "sub_total": 44.82, "tax_total": 0.00,
  "shipping_total": 0.00, "discount_total": 8.35, "total": 44.82, "created":
  "2026-02-07T00:43:27", "updated": "2026-03-02T08:00:01", "place": "2026-03-01T00:00:00",
  "cancelled": null, "tries": 3, "generic_error_count": 0, "status": 3, "type": 1,
  "order_merchant_id": null, "rejected_message":
  "{\"message\": \"Expiration Date is in the past.\", \"code\": \"120\"}", "extra_data":
  {"merged_order_id": "6120b166"}, "locked": false, "oos_free_shipping": false, "currency_code":
  "USD"}],
 "payment": [{"customer": "9621785240035", "billing_address": "c4cfc106", "cc_number_ending":
  "1111", "public_id": "070001bc", "label": null, "token_id": "tok_0001", "cc_holder": null,
  "cc_type": 1, "cc_exp_date": "3/2028", "payment_method": "credit card", "live": true, "created":
  "2026-01-15T10:21:00", "last_updated": "2026-01-15T10:21:00"}],
 "placement_log_responses": [{"public_id": "0c9b2f93", "order": "554f0ede", "customer":
  "9621785240036", "response_code": "000", "response_message": "", "response_order_id": "#1207",
  "response_payload": "<order><code>SUCCESS</code></order>", "transaction_response":
  "{\"id\": 1}", "created": "2026-03-15T01:12:09"}],
 "product": [{"merchant": "519f1f12", "name": "Coffee Club", "price": 10.00, "groups":
  [{"group_type": "eligibility", "name": "subscription"}], "image_url":
  "https://img.example.com/1.png", "detail_url": "https://shop.example.com/p/1",
  "external_product_id": "48398725900001", "sku": "CLUB-1", "autoship_enabled": true,
  "prepaid_eligible": true, "premier_enabled": 0, "created": "2024-05-09T15:14:36", "last_update":
  "2026-02-13T08:56:36", "live": true, "discontinued": false, "extra_data": null, "product_type":
  "rotating", "autoship_by_default": true, "every": null, "every_period": null, "offer_profile":
  null, "incentive_group": null, "product_selection_rules": [{"public_id": "e1a61e62",
  "selection_rule_type": "ORDINAL", "product_selection_list_elements": [{"public_id": "e1a62600",
  "product": "48398751430001", "starting_ordinal": "0"}], "configuration":
  {"cyclical_rotation_enabled": false}}], "product_free_trial_configurations": [{"public_id":
  "9dcad53b", "duration_in_days": 15, "created": "2025-05-28 13:56:05", "last_updated":
  "2025-05-29 16:46:20"}]}],
 "product_group": [{"product_id": "48398725900001", "group_type": "sku_swap", "name": "size"}],
 "product_relationships": [{"relationship_type": "swap_on_purchase", "from_product":
  "48398751430001", "to_product": "48398751430002"}],
 "product_selection_rule": [{"product_id": "48398725900001", "public_id": "e1a61e62",
  "selection_rule_type": "TIME_WINDOW", "configuration": {"pricing_policy": "BEST_PRICE"}}],
 "product_selection_rule_element": [{"product_id": "48398725900001", "product_selection_rule_id":
  "e1a61e62", "public_id": "e1a62600", "product": "48398751430001", "starting_date":
  "2026-01-01T00:00:00Z"}, {"product_id": "48398725900001", "product_selection_rule_id":
  "e1a61e62", "public_id": "e1a62b14", "product": "48398751430002", "starting_ordinal": 4}],
 "resources": [{"public_id": "ecb42bee", "merchant": "519f1f12", "name": "Piano lesson",
  "external_resource_id": "123456", "description": null, "image_url":
  "https://img.example.com/r.png", "created": "2025-12-31T23:28:48", "last_updated":
  "2025-12-31T23:28:48"}],
 "subscription": [{"customer": "9621785240035", "merchant": "519f1f12", "product":
  "48398751430001", "payment": "070001bc", "shipping_address": "66c25cd0", "offer": "a748aa64",
  "subscription_type": "replenishment", "raw_subscription_type": "IU replenishment", "components":
  [{"public_id": "79d2dc76", "quantity": 1, "product": "48398751430002"}], "extra_data":
  {"shopify_contract_id": "gid://shopify/SubscriptionContract/12345678"}, "public_id": "f9cb2f93",
  "quantity": 2, "price": 12.99, "frequency_days": 60, "reminder_days": 10, "every": 2,
  "every_period": 3, "start_date": "2026-01-15", "cancelled": null, "cancel_reason":
  "4|Overstocked", "iteration": null, "sequence": null, "session_id":
  "519f1f12.666152.1760000000", "merchant_order_id": "#1144", "created": "2026-01-15T10:21:01",
  "updated": "2026-03-02T09:15:30", "live": true, "external_id": null, "product_attribute": null,
  "cancel_reason_code": "4", "customer_rep": null, "club": null, "currency_code": "USD",
  "prepaid_subscription_context": {"prepaid_orders_remaining": 0, "last_renewal_revenue": 100.8},
  "free_trial_subscription_context": null, "grantees": [], "queued_actions": []}],
 "subscription_component": [{"subscription_id": "f9cb2f93", "public_id": "79d2dc76", "quantity":
  null, "product": "48398751430002"}],
 "subscription_discount": [{"subscription_id": "f9cb2f93", "position": 0, "title": "10% off",
  "discount": {"title": "10% off"}}],
 "webhook_event": [{"arrival": 3, "received_at": "2026-03-02T08:00:03.000000Z", "late": false,
  "id": "5dcc6524", "type": "order.delete", "created": 1772438400, "snapshot": {}, "data":
  {"object": {"type": "order", "public_id": "554f0ede", "created": 1770446607}}, "context":
  {"actor": {"type": "og-system-process"}}}]
}
""")
