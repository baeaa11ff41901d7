"""A connection that a fault strikes in its second sync, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.server import Running
    from integration_tests.harness.output import Output

Fault = dict[str, Any]

STREAMS = ["orders", "subscription", "subscription_component", "customer", "resources"]
CUSTOMERS = "customers"
CHANGED_ORDERS = r"^/orders/\?(?!.*\bstatus=1\b)"
"""The list of orders as a regular expression for faults: not that of the open ones."""


def synced_once(emulator: Running, small_pages: Callable[[int], None]) -> Replica:
    """Return a connection that has synced once, in pages of 20 rows.

    Since then two customers left, one changed, and so did every other order.
    """
    small_pages(20)
    replica = Replica(emulator, STREAMS)
    replica.sync(exact=True)
    customers = emulator.world["customers"].rows
    emulator.world.delete("customers", [customers[3], customers[40]])
    emulator.world.change("customers", customers[7], first_name="Changed")
    for row in emulator.world["orders"].rows[::2]:
        emulator.world.change("orders", row, tries=2)
    emulator.stage.log.clear()
    return replica


def strike(replica: Replica, *faults: Fault) -> None:
    """Put faults in force instead of those that were."""
    replica.emulator.stage.faults.replace(list(faults))


def fired(replica: Replica) -> list[int]:
    """Return how often each fault struck."""
    return [fault.fired for fault in replica.emulator.stage.faults.active]


def asked(replica: Replica, endpoint: str) -> int:
    """Count the requests of an endpoint since the second sync began."""
    return sum(entry.endpoint == endpoint for entry in replica.emulator.stage.log.entries)


def states(output: Output, stream: str) -> list[dict[str, Any]]:
    """Return the states of a stream that were written."""
    return [
        state["stream"]["stream_state"]
        for state in output.of("STATE")
        if state["stream"]["stream_descriptor"]["name"] == stream
    ]


def known_state(replica: Replica, stream: str) -> dict[str, Any]:
    """Return the state that a stream comes with."""
    (state,) = [
        entry["stream"]["stream_state"]
        for entry in replica.state()
        if entry["stream"]["stream_descriptor"]["name"] == stream
    ]
    return dict(state)


def errors(output: Output) -> list[Any]:
    """Return the traces of failures."""
    return [trace for trace in output.of("TRACE") if trace["type"] == "ERROR"]
