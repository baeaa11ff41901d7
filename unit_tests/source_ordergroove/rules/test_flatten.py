"""A nested object becomes columns of its parent, and nothing of it is lost."""

from copy import deepcopy
from typing import Any

import pytest

from source_ordergroove.rules.children import flatten


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            {"public_id": "i", "incentive": {"type": "Discount", "value": "10.00", "new": [1]}},
            {
                "public_id": "i",
                "incentive_type": "Discount",
                "incentive_value": "10.00",
                "incentive_new": [1],
            },
        ),
        ({"public_id": "i", "incentive": {}}, {"public_id": "i"}),
        ({"public_id": "i", "incentive": None}, {"public_id": "i"}),
        ({"public_id": "i", "incentive": ""}, {"public_id": "i"}),
        ({"public_id": "i"}, {"public_id": "i"}),
        ({"incentive": "10% off"}, {"_og_unparsed": {"incentive": "10% off"}}),
        ({"incentive": [{"type": "Gift"}]}, {"_og_unparsed": {"incentive": [{"type": "Gift"}]}}),
        (
            {"incentive_type": "own", "incentive": {"type": "nested"}},
            {"incentive_type": "nested", "_og_unparsed": {"incentive_type": "own"}},
        ),
    ],
)
def test_flatten(sent: dict[str, Any], expected: dict[str, Any]) -> None:
    nested = deepcopy(sent.get("incentive"))
    original = sent.get("incentive")

    flatten(sent)

    assert expected == sent
    assert nested == original


def test_flatten_takes_any_column() -> None:
    record: dict[str, Any] = {"initial_coupon": {"code": "rec10"}}

    flatten(record, "initial_coupon", "initial_coupon_")

    assert record == {"initial_coupon_code": "rec10"}
