"""A table that costs a request for each parent."""

import pytest

from source_ordergroove.pipeline.account import Account
from source_ordergroove.pipeline.budget import LedgerBudget
from source_ordergroove.pipeline.fan_out import FanOutFamily
from source_ordergroove.pipeline.messages import singly
from source_ordergroove.pipeline.shared import Shared
from source_ordergroove.rules.stamps import Stamps
from source_ordergroove.walk import LegAbsent, LegDone, Opening, Page, Walk
from unit_tests.source_ordergroove.pipeline.builders import NOON, declaration, settings, table


@pytest.mark.parametrize("gone", [set(), {"a"}, {"a", "b/c"}])
def test_parent_that_is_gone_since_the_list_is_no_failure(gone: set[str]) -> None:
    """It has no rows, and the next parent is asked for; a row of two parents comes once."""
    parent = table(declaration("product"))
    child = table(declaration("relation", deletes="replaced", per_parent_path="{key}/relations/"))
    shared = Shared(settings(), Stamps(None), Account(), LedgerBudget())
    family, walk = FanOutFamily(parent, [parent, child], shared), Walk()
    messages, asked = [*family.on(walk, Opening())], []
    for leg in walk.legs():
        asked.append(leg.path)
        if leg.key in gone:
            messages += family.on(walk, LegAbsent(leg))
            continue
        rows = [{"public_id": key} for key in (["r"] if leg.key else ["a", "b/c"])]
        page = Page(leg, rows, None, NOON.timestamp(), 0.0, None, 1)
        messages += [*family.on(walk, page), *family.on(walk, LegDone(leg))]

    assert asked == ["", "a/relations/", "b%2Fc/relations/"]
    emitted = [message.record.stream for message in singly(messages) if message.record]
    assert emitted == ["product", "product", *(["relation"] if len(gone) < 2 else [])]
    assert child.error is None


def test_list_of_the_parents_is_never_taken_up_half_way() -> None:
    """The parents to ask for are those that its pages listed."""
    parent = table(declaration("product"))
    child = table(declaration("relation", deletes="replaced", per_parent_path="{key}/relations/"))
    shared = Shared(settings(), Stamps(None), Account(), LedgerBudget())
    family, walk = FanOutFamily(parent, [parent, child], shared), Walk()
    messages = [*family.on(walk, Opening())]
    leg = next(walk.legs())
    for number in range(50):
        page = Page(leg, [{"public_id": str(number)}], f"?c={number}", NOON.timestamp(), 0, None, 1)
        messages += family.on(walk, page)

    assert [message for message in messages if message.state] == []
    assert not family.resumable
