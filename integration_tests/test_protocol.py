"""What the commands say to a platform: valid protocol, true facts, and refusals that help."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
from jsonschema import Draft7Validator

from integration_tests.harness import connector
from integration_tests.harness.replica import Replica, catalog
from source_ordergroove.source import SourceOrdergroove

if TYPE_CHECKING:
    from emulator.server import Running
    from integration_tests.harness.output import Output

Config = dict[str, Any]

KEYS = {
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
}
RECEIVER = {"url": "http://127.0.0.1:9", "token": "a-token-long-enough-to-be-masked"}
SECRETS = {"api_key", "token", "salt"}


# spec


@pytest.fixture(scope="module")
def form() -> dict[str, Any]:
    (spec,) = connector.run("spec").of("SPEC")
    found: dict[str, Any] = spec["connectionSpecification"]
    return found


def fields(form: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return (path, field) of every field of the form, nested ones too."""
    found = []
    for name, field in form["properties"].items():
        found.append((name, field))
        if "properties" in field:
            found += [(f"{name}.{inner}", f) for inner, f in fields(field)]
    return found


def test_form_asks_for_the_key_alone(form: dict[str, Any]) -> None:
    Draft7Validator.check_schema(form)

    assert form["required"] == ["api_key"]
    assert form["additionalProperties"] is False


def test_form_renders(form: dict[str, Any]) -> None:
    """Each field has a title, words for the user, and a place of its own."""
    for path, field in fields(form):
        assert field["title"][0].isupper(), path
        assert len(field["description"]) > 20, path
        assert field["description"].endswith("."), path
        assert isinstance(field["order"], int), path
    for node in (form, *(field for _, field in fields(form) if "properties" in field)):
        places = [field["order"] for field in node["properties"].values()]
        assert len(set(places)) == len(places)
        assert places == sorted(places) or node is form


def test_form_shows_examples_and_they_are_valid(form: dict[str, Any]) -> None:
    """But for what is chosen from a list, and for secrets."""
    for path, field in fields(form):
        if path.rpartition(".")[2] in SECRETS or field["type"] in ("object", "boolean"):
            continue
        if "enum" in field or field["type"] == "array":
            continue
        assert field["examples"], path
        for example in field["examples"]:
            Draft7Validator(field).validate(example)


def test_form_fills_in_valid_defaults(form: dict[str, Any]) -> None:
    for _, field in fields(form):
        if "default" in field:
            Draft7Validator(field).validate(field["default"])


def test_form_marks_its_secrets_and_nothing_else(form: dict[str, Any]) -> None:
    marked = {
        path.rpartition(".")[2] for path, field in fields(form) if field.get("airbyte_secret")
    }

    assert marked == SECRETS & {path.rpartition(".")[2] for path, _ in fields(form)}
    assert "api_key" in marked


def test_form_hides_what_is_for_tests(form: dict[str, Any]) -> None:
    assert [path for path, field in fields(form) if field.get("airbyte_hidden")] == ["api_url"]


# discover


def test_streams_with_their_keys() -> None:
    assert {
        name: [part for (part,) in stream["source_defined_primary_key"]]
        for name, stream in connector.streams().items()
    } == KEYS


def test_receiver_adds_its_stream() -> None:
    config = {"api_key": "a-key-that-discover-does-not-use", "webhook_receiver": RECEIVER}
    (found,) = connector.run("discover", config=config).of("CATALOG")

    assert {stream["name"] for stream in found["streams"]} == {*KEYS, "webhook_event"}


@pytest.mark.parametrize("name", KEYS)
def test_stream_offers_both_modes_with_a_cursor_of_its_own(name: str) -> None:
    stream = connector.streams()[name]

    assert stream["supported_sync_modes"] == ["full_refresh", "incremental"]
    assert stream["source_defined_cursor"] is True
    assert stream["default_cursor_field"] == ["_og_synced_at"]
    assert stream["is_resumable"] is True


@pytest.mark.parametrize("name", KEYS)
def test_schema_describes_each_column_in_airbytes_types(name: str) -> None:
    schema = connector.streams()[name]["json_schema"]

    Draft7Validator.check_schema(schema)
    assert schema.get("additionalProperties", True) is True
    for column, declared in schema["properties"].items():
        kinds = {declared["type"]} if isinstance(declared["type"], str) else {*declared["type"]}
        assert len(kinds - {"null"}) == 1, column
        assert declared["description"], column
        if declared.get("format") == "date-time":
            assert declared["airbyte_type"] in (
                "timestamp_with_timezone",
                "timestamp_without_timezone",
            ), column


def test_column_for_the_destinations_deletions_is_there_on_demand() -> None:
    """In mode `cdc` alone: a destination acts on its mere presence."""
    for name in KEYS:
        soft = connector.streams()[name]["json_schema"]["properties"]
        cdc = connector.streams("cdc")[name]["json_schema"]["properties"]
        assert cdc.keys() - soft.keys() == {"_ab_cdc_deleted_at"}
        assert soft.keys() <= cdc.keys()
        assert cdc["_ab_cdc_deleted_at"]["airbyte_type"] == "timestamp_with_timezone"


@pytest.mark.parametrize("mode", ["soft", "cdc"])
def test_records_carry_the_column_as_the_schema_does(emulator: Running, mode: str) -> None:
    """Live rows without it, which a destination reads as null; tombstones with it."""
    replica = Replica(emulator, ["resources"], deletion_mode=mode)
    replica.sync()
    emulator.world.delete("resources", emulator.world["resources"].rows[:1])

    records = replica.sync().records("resources")

    carried = {(row["_og_deleted"], "_ab_cdc_deleted_at" in row) for row in records}
    assert carried == {(False, False), (True, mode == "cdc")}
    (tombstone,) = [row for row in records if row["_og_deleted"]]
    assert tombstone.get("_ab_cdc_deleted_at") in (None, tombstone["_og_deleted_at"])


# Lines


def test_commands_write_protocol_and_nothing_else(emulator: Running, config: Config) -> None:
    """As a platform runs them: each line of stdout is a message, and the exit code is 0."""
    check = connector.run_in_process_of_its_own("check", config=config)
    read = connector.run_in_process_of_its_own("read", config=config, catalog=catalog())

    for output in (check, read):
        output.assert_is_protocol()
        assert output.exit_code == 0
    assert (len(check.of("CONNECTION_STATUS")), len(check.of("RECORD"))) == (1, 0)
    assert len(read.of("RECORD")) == sum(emulator.world.counts().values())


def test_who_embeds_the_source_gets_a_message_a_row(emulator: Running, config: Config) -> None:
    """The console script writes whole pages; a program that reads messages knows nothing of it."""
    source = SourceOrdergroove(config=config)
    selection = ConfiguredAirbyteCatalogSerializer.load(catalog())

    read = source.read(source.logger, config, selection, [])

    rows = Counter(message.record.stream for message in read if message.record)
    assert rows == emulator.world.counts()


def test_spec_and_discover_write_one_answer(config: Config) -> None:
    spec, discover = connector.run("spec"), connector.run("discover", config=config)

    for output in (spec, discover):
        output.assert_is_protocol()
        assert output.exit_code == 0
    assert (len(spec.of("SPEC")), len(discover.of("CATALOG"))) == (1, 1)


def moments(output: Output, stream: str) -> list[str]:
    """Return what happened to a stream, repetitions left out."""
    happened = []
    for message in output.messages:
        record, state, trace = (message.get(kind) or {} for kind in ("record", "state", "trace"))
        if record.get("stream") == stream:
            happened.append("RECORD")
        elif (state.get("stream") or {}).get("stream_descriptor", {}).get("name") == stream:
            happened.append("STATE")
        elif (status := trace.get("stream_status")) and (
            status["stream_descriptor"]["name"] == stream
        ):
            happened.append(status["status"])
    return [now for n, now in enumerate(happened) if n == 0 or happened[n - 1] != now]


@pytest.mark.parametrize("full_refresh", [(), tuple(KEYS)], ids=["incremental", "full_refresh"])
def test_stream_goes_from_started_to_complete(
    emulator: Running, full_refresh: tuple[str, ...]
) -> None:
    """All records, then the state that accounts for them, then the end."""
    output = Replica(emulator, full_refresh=full_refresh).sync()

    for name in KEYS:
        assert moments(output, name) == ["STARTED", "RUNNING", "RECORD", "STATE", "COMPLETE"]


def test_states_count_the_records_they_account_for(emulator: Running) -> None:
    """A platform compares the numbers."""
    output = Replica(emulator).sync()

    counted = {
        state["stream"]["stream_descriptor"]["name"]: state["sourceStats"]["recordCount"]
        for state in output.of("STATE")
    }
    assert counted == emulator.world.counts()
