"""Known keys are compared only if the rows show that they are of the same merchant."""

import pytest

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.account import Account
from source_ordergroove.pipeline.scope import scope_of
from source_ordergroove.pipeline.state import Checkpoint, StreamState
from source_ordergroove.pipeline.table import Table
from unit_tests.source_ordergroove.pipeline.builders import (
    KEY,
    NOON,
    declaration,
    settings,
    table,
)

CUSTOMERS = declaration()
OURS, OTHERS = "merchant-1", "merchant-2"
LEDGER = Baseline.of(KeySet.from_keys(["1", "2"]), 1000)


def returning(merchant: str | None, **changes: str) -> Table:
    """A table whose state was written for *merchant*, under other settings."""
    scope = scope_of(settings(**changes), CUSTOMERS).with_merchant(merchant)
    state = StreamState(
        synced_at=NOON,
        scope=scope,
        watermark=NOON,
        known=LEDGER,
        checkpoint=Checkpoint("n", NOON),
        webhooks=7,
    )
    return table(CUSTOMERS, state=state)


def saw(*merchants: str | None) -> Account:
    account = Account()
    for merchant in merchants:
        account.saw([{"merchant": merchant}])
    return account


@pytest.mark.parametrize("known", [OURS, None])
@pytest.mark.parametrize("seen", [(OURS,), ()])
def test_state_of_the_same_key_is_used(known: str | None, seen: tuple[str, ...]) -> None:
    """Without any row too: an emptied table is still the same merchant's."""
    returned = returning(known)
    before = returned.state

    saw(*seen).settle(returned)

    assert returned.state == before
    assert not Account.must_be_proven(returned)


def test_new_key_of_the_same_merchant_keeps_the_state() -> None:
    returned = returning(OURS, api_key=KEY[::-1])
    before = returned.state

    saw(OURS).settle(returned)

    assert Account.must_be_proven(returned)
    assert returned.state == before


@pytest.mark.parametrize(
    ("returned", "seen", "reason"),
    [
        (returning(OURS), (OTHERS,), "the API key now belongs to another merchant"),
        (
            returning(OURS, api_key=KEY[::-1]),
            (OTHERS,),
            "the API key now belongs to another merchant",
        ),
        (
            returning(OURS, api_key=KEY[::-1]),
            (),
            "the API key changed and no row shows whose it is",
        ),
        (
            returning(None, api_key=KEY[::-1]),
            (OURS,),
            "the API key changed and no row shows whose it is",
        ),
        (
            returning(OURS, environment="staging"),
            (OURS,),
            "the environment, the host, the start date or the way of reading changed",
        ),
        (
            returning(OURS, api_url="https://restapi.example"),
            (OURS,),
            "the environment, the host, the start date or the way of reading changed",
        ),
    ],
)
def test_state_of_somebody_else_is_forgotten_and_the_log_says_why(
    returned: Table, seen: tuple[str, ...], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """All of it but the stamp, which must not go back; and nothing is compared."""
    returned.tracker.saw(["1"])

    saw(*seen).settle(returned)

    assert returned.state == StreamState(synced_at=NOON)
    assert list(returned.tracker.find().gone) == []
    assert caplog.messages == [
        f"Stream customer starts again without looking for deletions: {reason}."
    ]


def test_first_sync_has_nothing_to_prove_or_to_forget(caplog: pytest.LogCaptureFixture) -> None:
    fresh = table(CUSTOMERS)

    saw(OURS).settle(fresh)

    assert not Account.must_be_proven(fresh)
    assert fresh.state == StreamState()
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("known", "seen", "noted"),
    [
        (None, (OURS,), OURS),
        (None, (), None),
        (OURS, (), OURS),
        (OURS, (OURS,), OURS),
        (OURS, (OTHERS,), OTHERS),
        (OURS, (OTHERS, OURS), OURS),
    ],
)
def test_merchant_that_a_state_notes(
    known: str | None, seen: tuple[str, ...], noted: str | None
) -> None:
    assert saw(*seen).merchant_for(returning(known)) == noted


def test_rows_without_a_merchant_prove_nothing() -> None:
    account = Account()
    account.saw([])
    account.saw([{"public_id": "1"}])
    account.saw([{"merchant": None}])
    account.saw([{"merchant": 7}])

    assert account.merchant_for(table()) is None
