"""What cannot be done is refused by name, as something the user can change, and ends properly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.harness import connector
from integration_tests.harness.clocks import without_waiting
from integration_tests.harness.replica import catalog

if TYPE_CHECKING:
    from emulator.server import Running

Config = dict[str, Any]

RECEIVER = {"url": "http://127.0.0.1:9", "token": "a-token-long-enough-to-be-masked"}


def said_against(config: Config, command: str) -> tuple[str | None, str]:
    """Return the failure type (None for `check`, which has none) and what is said."""
    with without_waiting():
        if command == "read":
            output = connector.run(command, config=config, catalog=catalog(["resources"]))
        else:
            output = connector.run(command, config=config)
    assert output.of("RECORD") == []
    assert output.of("CATALOG") == []
    if command == "check":
        (status,) = output.of("CONNECTION_STATUS")
        assert (output.exit_code, status["status"]) == (0, "FAILED")
        return None, status["message"]
    assert output.exit_code == 1
    (error,) = [trace["error"] for trace in output.of("TRACE") if trace["type"] == "ERROR"]
    return error["failure_type"], error["message"]


@pytest.mark.parametrize("command", ["check", "discover", "read"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_keys", "an-unknown-setting"),
        ("api_key", None),
        ("api_key", ""),
        ("api_key", "a-key-pasted-with-its-line-break\n"),
        ("api_key", "a key with blanks"),
        ("environment", "test"),
        ("start_date", "yesterday"),
        ("start_date", "2026-01-01"),
        ("start_date", "2026-02-30T00:00:00Z"),
        ("deletion_mode", "hard"),
        ("max_deletion_percent", 101),
        ("max_deletion_percent", -1),
        ("max_deletion_percent", "15"),
        ("open_order_reconciliation", "yes"),
        ("requests_per_minute", 6001),
        ("webhook_receiver", {"url": "http://127.0.0.1:9"}),
        ("webhook_receiver", {**RECEIVER, "tokens": ""}),
        ("api_url", "ftp://127.0.0.1"),
        ("api_url", "http://"),
    ],
)
def test_wrong_setting_is_refused_by_name(
    config: Config, command: str, name: str, value: object
) -> None:
    """Before any request, as something that the user can change."""
    wrong = {k: v for k, v in {**config, name: value}.items() if v is not None}

    kind, said = said_against(wrong, command)

    assert kind in (None, "config_error")
    assert re.search(rf"\b{name}\b", said)
    assert "Traceback" not in said


def test_selected_stream_that_does_not_exist_fails_and_the_others_go_on(config: Config) -> None:
    """The log's stream, after the receiver was taken out of the settings."""
    (with_receiver,) = connector.run(
        "discover", config={**config, "webhook_receiver": RECEIVER}
    ).of("CATALOG")
    (log,) = [s for s in with_receiver["streams"] if s["name"] == "webhook_event"]
    selected = catalog(["resources"])
    selected["streams"].append(
        {"stream": log, "sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
    )

    output = connector.run("read", config=config, catalog=selected)

    assert output.exit_code == 1
    assert output.statuses == {"resources": "COMPLETE", "webhook_event": "INCOMPLETE"}
    ((kind, _),) = output.failures("webhook_event")
    assert kind == "config_error"


def test_last_word_of_a_failed_read_is_for_the_user(emulator: Running, config: Config) -> None:
    emulator.stage.faults.replace([{"fault": "key_revoked", "path": "resources"}])

    output = connector.run("read", config=config, catalog=catalog(["resources", "payment"]))

    errors = [trace["error"] for trace in output.of("TRACE") if trace["type"] == "ERROR"]
    assert errors[-1]["message"] == (
        "These streams could not be read completely: resources. The others are complete."
    )
    assert {error["failure_type"] for error in errors} == {"config_error"}


def test_failed_read_ends_the_process_with_an_exit_code(emulator: Running, config: Config) -> None:
    """And ends it: no thread goes on waiting for a main thread that has left."""
    emulator.stage.faults.replace([{"fault": "key_revoked", "path": "resources"}])

    output = connector.run_in_process_of_its_own(
        "read", config=config, catalog=catalog(["resources", "payment"])
    )

    assert output.exit_code == 1
    assert output.statuses == {"resources": "INCOMPLETE", "payment": "COMPLETE"}
    output.assert_is_protocol()
