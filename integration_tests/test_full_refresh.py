"""A full refresh is a copy of everything, whatever was read before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration_tests.harness import connector
from integration_tests.harness.clocks import without_waiting
from integration_tests.harness.replica import Replica, catalog

if TYPE_CHECKING:
    from emulator.server import Running

STREAMS = ["orders", "subscription", "customer"]


def test_a_full_refresh_uses_no_state_even_if_it_is_given_one(emulator: Running) -> None:
    """A platform clears it; `docker run` with an old state file does not."""
    replica = Replica(emulator, STREAMS)
    replica.sync(exact=True)

    with without_waiting():
        output = connector.run(
            "read",
            config=replica.config,
            catalog=catalog(STREAMS, full_refresh=STREAMS),
            state=replica.state(),
        )

    assert output.statuses == dict.fromkeys(STREAMS, "COMPLETE")
    assert {name: len(output.records(name)) for name in STREAMS} == {
        name: len(replica.table(name).live) for name in STREAMS
    }
    assert output.tombstones == []
