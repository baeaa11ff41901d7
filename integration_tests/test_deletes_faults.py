"""A walk that does not reach its end finds nothing deleted, whichever table and whatever the fault.

`test_resilience.py` strikes single lists; here every list of the merchant ends early at once, in a
sync in which rows of every table are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulator.endpoints import ENDPOINTS
from emulator.mutations import mutate
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.server import Running
    from emulator.world import World

FAULTS: list[dict[str, Any]] = [
    {"fault": "server_error"},
    {"fault": "server_error", "status": 503},
    {"fault": "locked"},
    {"fault": "rate_limited"},
    {"fault": "key_revoked"},
    {"fault": "key_revoked", "status": 401},
    {"fault": "html"},
    {"fault": "error_object"},
    {"fault": "missing_results"},
    {"fault": "truncated_json"},
    {"fault": "reset_mid_body"},
    {"fault": "wrong_content_length"},
    {"fault": "refuse"},
    {"fault": "redirect"},
    {"fault": "foreign_next"},
    {"fault": "repeated_cursor"},
]


def test_no_table_has_a_tombstone_when_its_walk_ends_early(
    emulator: Running, small_pages: Callable[[int], None], subtests: pytest.Subtests
) -> None:
    """All streams are incomplete and give back the state they came with, fault after fault.

    The first sync without one is right and finds every deletion.
    """
    small_pages(4)
    replica = Replica(emulator)
    replica.sync()
    states = {name: state["stream"] for name, state in replica.destination.states.items()}
    with emulator.world.journal() as changes:
        vanish(emulator.world)
    for fault in FAULTS:
        with subtests.test(**fault):
            # One each, for one that leads in circles knows one list.
            each = [{**fault, "path": rf"^/{path}/\?.*cursor="} for path in ENDPOINTS]
            emulator.stage.faults.replace(each)
            output = replica.failing_sync()
            assert output.tombstones == []
            assert set(output.statuses.values()) == {"INCOMPLETE"}
            assert {n: s["stream"] for n, s in replica.destination.states.items()} == states

    emulator.stage.faults.replace([])
    flagged = {stream for stream, _ in replica.sync(exact=True).tombstones}
    assert flagged == {change.stream for change in changes if change.op == "deleted"}
    assert len(flagged) == 17


def vanish(world: World) -> None:
    """Let rows of every kind of table vanish, of orders and items after they were open."""
    mutate(world, "skip", {})
    mutate(world, "remove_component", {})
    for row in world["subscriptions"].rows:
        # So that the list of changed ones has a second page.
        world.change("subscriptions", row, quantity=3)
    mutate(world, "remove_product", {"product": "SKU 1/2"})
    world.delete("offer_profiles", world["offer_profiles"].rows[1:2])
    for table in ("addresses", "customers", "payments", "resources", "placement_responses"):
        world.delete(table, world[table].rows[-2:])
