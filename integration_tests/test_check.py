"""`check` says what is wrong in words that lead the user to the remedy."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from emulator.server import running
from emulator.settings import KEY_WITHOUT_BULK
from integration_tests.harness import connector
from integration_tests.harness.clocks import without_waiting

if TYPE_CHECKING:
    from emulator.server import Running
    from integration_tests.harness.output import Output

Config = dict[str, str]

FORBIDDEN = {
    "fault": "server_error",
    "status": 403,
    "body": '{"detail": "You do not have permission to perform this action."}',
}
NOWHERE = "http://127.0.0.1:9"


def check(config: Config) -> Output:
    """Run `check`; whatever it finds, it ends well, in one status and without a stack trace."""
    with without_waiting():
        output = connector.run("check", config=config)
    output.assert_is_protocol()
    assert output.exit_code == 0
    assert len(output.of("CONNECTION_STATUS")) == 1
    assert output.of("TRACE") == []
    assert "Traceback" not in str(output.of("CONNECTION_STATUS"))
    return output


def refusal(config: Config) -> str:
    """Return what `check` says against a configuration."""
    (status,) = check(config).of("CONNECTION_STATUS")
    assert status["status"] == "FAILED"
    return str(status["message"])


def strike(emulator: Running, *faults: dict[str, Any]) -> None:
    emulator.stage.faults.replace(list(faults))


def test_right_key(config: Config) -> None:
    assert check(config).of("CONNECTION_STATUS") == [{"status": "SUCCEEDED"}]


def test_check_asks_each_endpoint_for_one_row(emulator: Running, config: Config) -> None:
    check(config)

    asked = Counter(entry.path for entry in emulator.stage.log.entries)
    assert asked == dict.fromkeys(
        [
            *("/addresses/", "/customers/", "/items/", "/merchant/cancel_reason/"),
            *("/offer_profiles/", "/one_time_incentives/", "/orders/", "/payments/"),
            *("/placement_logs/responses/", "/products/", "/resources/", "/subscriptions/"),
        ],
        1,
    )
    assert {dict(entry.query)["page_size"] for entry in emulator.stage.log.entries} == {"1"}


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("environment", ["production", "staging"])
def test_wrong_or_revoked_key(
    emulator: Running, config: Config, status: int, environment: str
) -> None:
    """Which environment was asked, that a key belongs to one, and where to get one."""
    emulator.stage.settings.bad_key_status = status
    wrong = {"api_key": "a-key-that-was-revoked-long-ago", "environment": environment}

    said = refusal({**config, **wrong})

    assert said.startswith(f"Ordergroove's {environment} environment refused the API key.")
    assert "A key belongs to one environment and can be revoked" in said
    assert '"Allow bulk queries"' in said
    assert "rc3.ordergroove.com/keys for production" in said
    assert "rc3.stg.ordergroove.com/keys for staging" in said


def test_key_without_bulk_permission(config: Config) -> None:
    said = refusal({**config, "api_key": KEY_WITHOUT_BULK})

    assert said.startswith("The API key works, but it may not read the data of all customers.")
    assert '"Allow bulk queries"' in said
    assert "Developers > API Keys" in said


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "server_error"},
        {"fault": "server_error", "status": 503},
        {"fault": "rate_limited"},
        {"fault": "locked"},
        {"fault": "refuse"},
        {"fault": "reset_mid_body"},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_vendor_that_is_down(emulator: Running, config: Config, fault: dict[str, Any]) -> None:
    strike(emulator, fault)

    said = refusal(config)

    assert said.startswith(f"Ordergroove cannot be reached at {emulator.url}.")
    assert "status page" in said


def test_host_that_is_not_there(config: Config) -> None:
    said = refusal({**config, "api_url": NOWHERE})

    assert said.startswith(f"Ordergroove cannot be reached at {NOWHERE}.")
    assert "Check the network of this machine" in said


def test_answer_that_is_no_page_is_told_as_that(emulator: Running, config: Config) -> None:
    """A proxy's or a wrong server's page: to look at the network would not help."""
    strike(emulator, {"fault": "html"})

    assert "it is HTML or XML, not JSON" in refusal(config)


@pytest.mark.parametrize("wrong", ["connect", "html", "500"])
def test_unreachable_host_is_told_within_twenty_seconds(
    emulator: Running, config: Config, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """Waits are added up by thread and not waited for; the longest thread makes the user wait."""
    waited: Counter[int] = Counter()

    def wait(seconds: float) -> None:
        waited[threading.get_ident()] += seconds  # type: ignore[assignment] # counts parts of seconds too

    def swallow(_adapter: HTTPAdapter, *_: Any, timeout: tuple[float, float], **__: Any) -> None:
        wait(timeout[0])
        raise requests.ConnectTimeout

    strike(emulator, {"fault": "html" if wrong == "html" else "server_error"})
    if wrong == "connect":
        monkeypatch.setattr(HTTPAdapter, "send", swallow)
    with without_waiting():
        monkeypatch.setattr("time.sleep", wait)
        output = connector.run("check", config=config)

    assert output.of("CONNECTION_STATUS")[0]["status"] == "FAILED"
    assert max(waited.values(), default=0) <= 20


def test_forbidden_endpoint_is_a_warning_and_the_log_says_why(
    emulator: Running, config: Config
) -> None:
    """The user may not want the streams it concerns."""
    strike(
        emulator,
        {**FORBIDDEN, "path": "subscriptions"},
        {"fault": "server_error", "status": 404, "body": "{}", "path": "resources"},
    )

    output = check(config)

    (status,) = output.of("CONNECTION_STATUS")
    assert status["status"] == "SUCCEEDED"
    assert "resources, subscription." in status["message"]
    assert "Deselect" in status["message"]
    assert output.warnings(status["message"])
    assert output.log("does not let this API key read /subscriptions/")
    assert output.log("no endpoint /resources/")


def test_forbidden_customers_are_no_warning(emulator: Running, config: Config) -> None:
    """Who may not list them may not list all of anything."""
    strike(emulator, {**FORBIDDEN, "path": "customers"})

    assert '"Allow bulk queries"' in refusal(config)


def test_merchant_without_any_data(config: Config) -> None:
    with running(size="empty") as empty:
        output = check({**config, "api_url": empty.url})

    (status,) = output.of("CONNECTION_STATUS")
    assert status["status"] == "SUCCEEDED"
    assert status["message"].startswith("Every list is empty.")
    assert '"Allow bulk queries"' in status["message"]
    assert output.warnings("Every list is empty.")


def test_redirect_to_another_host(emulator: Running, config: Config) -> None:
    strike(emulator, {"fault": "redirect"})

    assert "a redirect to another host (attacker.example)" in refusal(config)


def test_key_that_the_vendor_quotes_is_masked(emulator: Running, config: Config) -> None:
    echo = json.dumps({"detail": f"Authentication failed for {config['api_key']}"})
    strike(emulator, {"fault": "server_error", "status": 403, "body": echo})

    with without_waiting():
        output = connector.run("check", config=config)

    assert output.of("CONNECTION_STATUS")[0]["status"] == "FAILED"
    assert config["api_key"] not in "\n".join(output.lines)
