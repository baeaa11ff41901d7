"""Whatever goes wrong on the way, a stream ends complete or failed: never complete with fewer rows.

Each fault of the emulator strikes the second page of two lists, in a sync that has something to
find: rows that changed and rows that are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration_tests.harness.replica import Replica
from integration_tests.striking import (
    CHANGED_ORDERS,
    CUSTOMERS,
    STREAMS,
    Fault,
    asked,
    errors,
    fired,
    known_state,
    states,
    strike,
    synced_once,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.server import Running

AGAIN = "did not answer for stream {stream}, in several attempts"
UNREADABLE = "Page 2 of stream {stream} cannot be read: "
ELSEWHERE = "to another host (attacker.example)"
CIRCLE = "leads back to an earlier page"
LOST = {"fault": "server_error", "status": 404, "body": '{"detail": "Invalid cursor"}'}

SEVEN_IN_A_ROW: list[Fault] = [
    *(
        {"fault": "server_error", "status": status, "times": 1}
        for status in (408, 500, 502, 503, 504, 520)
    ),
    {"fault": "locked", "times": 1},
]
PASSING: list[Fault] = [
    {"fault": "rate_limited", "times": 3},
    {"fault": "rate_limited", "retry_after": 2, "times": 1},
    {"fault": "reset_mid_body", "times": 3},
    {"fault": "refuse", "times": 3},
    {"fault": "wrong_content_length", "delta": 100, "times": 3},
    {"fault": "wrong_content_length", "delta": -100, "times": 3},
    {"fault": "truncated_json", "times": 3},
    {"fault": "html", "times": 4},
    {"fault": "error_object", "times": 3},
    {"fault": "missing_results", "times": 3},
]

FORBIDDEN = {"fault": "server_error", "status": 403, "body": "{}"}
NONSENSE = {"fault": "server_error", "status": 400, "body": "{}"}
TRANSIENT, SYSTEM, CONFIG = "transient_error", "system_error", "config_error"

LASTING: list[tuple[Fault, str, str, int]] = [
    ({"fault": "rate_limited"}, TRANSIENT, AGAIN, 8),
    ({"fault": "server_error"}, TRANSIENT, AGAIN, 8),
    ({"fault": "server_error", "status": 503}, TRANSIENT, AGAIN, 8),
    ({"fault": "server_error", "status": 520}, TRANSIENT, AGAIN, 8),
    ({"fault": "locked"}, TRANSIENT, AGAIN, 8),
    ({"fault": "reset_mid_body"}, TRANSIENT, AGAIN, 8),
    ({"fault": "refuse"}, TRANSIENT, AGAIN, 8),
    ({"fault": "wrong_content_length", "delta": 100}, TRANSIENT, AGAIN, 8),
    ({"fault": "wrong_content_length", "delta": -9}, TRANSIENT, UNREADABLE + "it is no", 5),
    ({"fault": "truncated_json"}, TRANSIENT, UNREADABLE + "it is no complete JSON", 5),
    ({"fault": "html"}, TRANSIENT, UNREADABLE + "it is HTML or XML, not JSON", 5),
    ({"fault": "error_object"}, TRANSIENT, UNREADABLE + "it is an error message", 5),
    ({"fault": "missing_results"}, TRANSIENT, UNREADABLE + "it is an envelope without", 5),
    ({"fault": "repeated_cursor", "length": 1}, SYSTEM, CIRCLE, 1),
    ({"fault": "repeated_cursor", "length": 2}, SYSTEM, CIRCLE, 2),
    ({"fault": "foreign_next"}, SYSTEM, "to another host (https://attacker.example:443)", 1),
    ({"fault": "redirect"}, SYSTEM, ELSEWHERE, 1),
    ({"fault": "key_revoked", "status": 401}, CONFIG, "refused the API key", 1),
    ({"fault": "key_revoked", "status": 403}, CONFIG, "refused the API key", 1),
    (FORBIDDEN, CONFIG, "does not let this API key read", 1),
    (NONSENSE, SYSTEM, "in a way this connector does not know", 1),
]


@pytest.fixture
def replica(emulator: Running, small_pages: Callable[[int], None]) -> Replica:
    return synced_once(emulator, small_pages)


def on_second_page(fault: Fault) -> list[Fault]:
    return [{**fault, "path": path, "after": 1} for path in (CUSTOMERS, CHANGED_ORDERS)]


def name_of(fault: object) -> str | None:
    return "-".join(map(str, fault.values())) if isinstance(fault, dict) else None


@pytest.mark.parametrize("fault", PASSING, ids=name_of)
def test_passing_fault_is_retried_and_the_sync_is_exact(replica: Replica, fault: Fault) -> None:
    strike(replica, *on_second_page(fault))

    output = replica.sync(exact=True)

    assert fired(replica) == [fault["times"]] * 2
    assert errors(output) == []


def test_seven_failures_in_a_row_are_retried_and_the_sync_is_exact(replica: Replica) -> None:
    """Each of another kind, all of one request: as many as there are retries."""
    strike(replica, *(fault for one in SEVEN_IN_A_ROW for fault in on_second_page(one)))

    output = replica.sync(exact=True)

    assert fired(replica) == [1] * 14
    assert errors(output) == []


def test_redirect_on_the_host_is_followed(replica: Replica) -> None:
    strike(replica, {"fault": "redirect", "host": "same"})

    replica.sync(exact=True)

    assert asked(replica, "resources") == 2


def test_retries_stand_in_the_log(replica: Replica) -> None:
    strike(replica, {"fault": "server_error", "path": CUSTOMERS, "after": 1, "times": 3})

    output = replica.sync()

    assert output.log("Stream customer: ", "the walk of /customers/ took 3 requests, 3 retries")


@pytest.mark.parametrize(("fault", "kind", "words", "attempts"), LASTING, ids=name_of)
def test_lasting_fault_fails_its_streams_and_no_other(
    replica: Replica, fault: Fault, kind: str, words: str, attempts: int
) -> None:
    """They give back the states they came with, find nothing deleted; the next sync is exact."""
    struck = ["customer", "orders"]
    came_with = {name: known_state(replica, name) for name in struck}
    strike(replica, *on_second_page(fault))

    output = replica.failing_sync()

    assert output.statuses == {
        name: "INCOMPLETE" if name in struck else "COMPLETE" for name in STREAMS
    }
    assert fired(replica) == [attempts] * 2
    for name in struck:
        ((told, message),) = set(output.failures(name))
        assert told == kind
        assert words.format(stream=name) in message
        assert states(output, name) == [came_with[name]]
    assert output.tombstones == []
    strike(replica)
    replica.sync(exact=True)


def test_full_refresh_that_fails_is_not_complete(emulator: Running) -> None:
    """A platform would replace the table by what came."""
    replica = Replica(emulator, ["orders", "resources"], full_refresh=["orders", "resources"])
    strike(replica, {"fault": "missing_results", "path": "orders", "after": 1})

    output = replica.failing_sync()

    assert output.statuses == {"orders": "INCOMPLETE", "resources": "COMPLETE"}
    assert len(output.records("orders")) == 100
    strike(replica)
    replica.sync(exact=True)


def test_cursor_that_is_forgotten_once_is_no_failure(replica: Replica) -> None:
    """The list starts anew."""
    strike(replica, {**LOST, "path": CUSTOMERS, "after": 1, "times": 1})

    output = replica.sync(exact=True)

    assert output.warnings("lost the place in customer")


def test_cursor_that_is_forgotten_again_fails_the_stream(replica: Replica) -> None:
    came_with = known_state(replica, "customer")
    strike(replica, {**LOST, "path": r"^/customers/.*cursor="})

    output = replica.failing_sync()

    ((kind, message),) = set(output.failures("customer"))
    assert (kind, "lost the place" in message) == (TRANSIENT, True)
    assert states(output, "customer") == [came_with]
    strike(replica)
    replica.sync(exact=True)


def test_endpoint_that_is_missing_fails_its_stream(replica: Replica) -> None:
    strike(replica, {**LOST, "path": "resources"})

    output = replica.failing_sync()

    ((kind, message),) = set(output.failures("resources"))
    assert kind == CONFIG
    assert "no endpoint /resources/ for this merchant" in message
    assert output.statuses == {n: "INCOMPLETE" if n == "resources" else "COMPLETE" for n in STREAMS}


def test_family_fails_together_and_each_gives_its_state_back(replica: Replica) -> None:
    """Children without their parent's page are not children that are gone."""
    family = {"subscription", "subscription_component"}
    came_with = {name: known_state(replica, name) for name in family}
    strike(replica, {"fault": "html", "path": "subscriptions"})

    output = replica.failing_sync()

    assert {n for n, status in output.statuses.items() if status == "INCOMPLETE"} == family
    assert {name: states(output, name) for name in family} == {n: [s] for n, s in came_with.items()}
    assert {about for about, _ in output.tombstones} == {"customer"}


def test_relationship_that_cannot_be_read_leaves_the_products_alone(emulator: Running) -> None:
    replica = Replica(emulator, ["product", "product_group", "product_relationships"])
    replica.sync(exact=True)
    strike(replica, {"fault": "html", "path": "products/relationships", "after": 3})

    output = replica.failing_sync()

    assert output.statuses == {
        "product": "COMPLETE",
        "product_group": "COMPLETE",
        "product_relationships": "INCOMPLETE",
    }
    assert [len(states(output, name)) for name in ("product", "product_group")] == [1, 1]
    assert "known" in states(output, "product")[0]
    assert output.tombstones == []
    strike(replica)
    replica.sync(exact=True)


def test_key_that_is_revoked_half_way(replica: Replica) -> None:
    """What was read completely is kept; with a key again, the next sync brings the rest."""
    strike(replica, {"fault": "key_revoked", "after": 8})

    output = replica.failing_sync()

    failed = {name for name, status in output.statuses.items() if status == "INCOMPLETE"}
    assert failed
    assert {kind for name in failed for kind, _ in output.failures(name)} == {CONFIG}
    assert {about for about, _ in output.tombstones} <= set(STREAMS) - failed
    strike(replica)
    replica.sync(exact=True)


def test_empty_list_deletes_nothing(replica: Replica) -> None:
    """All rows may be gone or the vendor may be wrong: the user is asked, the rows stay."""
    came_with = known_state(replica, "customer")
    strike(replica, {"fault": "empty_list", "path": CUSTOMERS})

    output = replica.sync()

    assert output.tombstones == []
    assert output.warnings("Stream customer: 60 of 60 known rows", "max_deletion_percent")
    (state,) = states(output, "customer")
    assert state["known"] == came_with["known"]
    strike(replica)
    replica.sync(exact=True)


def test_first_sync_of_an_empty_list_is_complete(emulator: Running) -> None:
    """Nothing is known that could be missing."""
    replica = Replica(emulator, ["customer"])
    strike(replica, {"fault": "empty_list", "path": CUSTOMERS})
    output = replica.sync()

    assert output.of("RECORD") == []
    assert output.warnings("customer") == []
    strike(replica)
    replica.sync(exact=True)
