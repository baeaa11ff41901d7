"""A page waits for its worker's next request."""

from unittest.mock import Mock, patch

from source_ordergroove.walk import Opening
from unit_tests.source_ordergroove.pipeline.builders import Reading, declaration, table

LINK = "https://restapi.ordergroove.com/subscriptions/?cursor="
FILTERED = declaration("subscription", deletes="never", time_filter="updated_start")


def test_worker_sends_its_next_request_before_a_page_is_taken_apart() -> None:
    """After the last page there is none to send."""
    reading = Reading(table(FILTERED))
    reading(Opening())
    leg, happened = reading.leg(), Mock(**{"take.return_value": []})
    with (
        patch.object(reading.walk, "give_way", happened.give_way),
        patch.object(reading.family, "emit", happened.take),
    ):
        reading.page(leg, "1", link=f"{LINK}2")
        reading.page(leg, "2")

    assert [name for name, *_ in happened.mock_calls] == ["give_way", "take", "take"]
