"""A state is used for the account, and the way of reading it, that it was written for."""

import json
from dataclasses import replace

import pytest

from source_ordergroove.pipeline.scope import Scope, scope_of
from unit_tests.source_ordergroove.pipeline.builders import KEY, declaration, settings

ORDERS = declaration("order", deletes="open_set", time_filter="updated_start")
CUSTOMERS = declaration("customer", deletes="reconciled")
COMPONENTS = declaration("component", deletes="replaced_per_parent", parent="subscription")


def test_same_settings_make_the_same_scope() -> None:
    assert scope_of(settings(), ORDERS) == scope_of(settings(), ORDERS)


@pytest.mark.parametrize(
    "change",
    [
        {"environment": "staging"},
        {"api_url": "https://restapi.example"},
        {"start_date": "2026-01-01T00:00:00Z"},
    ],
)
def test_other_account_or_start_is_another_way_of_reading(change: dict[str, str]) -> None:
    before, after = scope_of(settings(), ORDERS), scope_of(settings(**change), ORDERS)

    assert before.reading != after.reading
    assert before.key == after.key


def test_other_request_parameters_are_another_way_of_reading() -> None:
    """A release that lists more rows must not take the old ones' absence for deletions."""
    hidden = declaration("product")
    shown = declaration("product", request_parameters={"allow_discontinued": "true"})

    assert scope_of(settings(), hidden).reading != scope_of(settings(), shown).reading


@pytest.mark.parametrize(
    "change",
    [
        {"max_deletion_percent": 100},
        {"deletion_mode": "cdc"},
        {"open_order_reconciliation": False},
        {"webhook_receiver": {"url": "https://hooks.example", "token": "t" * 20}},
        {"start_date": ""},
        {"environment": "production"},
    ],
)
def test_other_settings_leave_the_scope_alone(change: dict[str, object]) -> None:
    assert scope_of(settings(**change), ORDERS) == scope_of(settings(), ORDERS)


def test_slash_after_the_host_means_nothing() -> None:
    one, other = settings(api_url="http://h:1"), settings(api_url="http://h:1/")

    assert scope_of(one, ORDERS) == scope_of(other, ORDERS)


def test_start_date_concerns_filtered_tables_and_their_children_alone() -> None:
    dated = settings(start_date="2026-01-01T00:00:00Z")

    assert scope_of(dated, CUSTOMERS) == scope_of(settings(), CUSTOMERS)
    assert scope_of(dated, COMPONENTS) != scope_of(settings(), COMPONENTS)


def test_other_key_is_told_apart_and_not_shown() -> None:
    before, after = scope_of(settings(), ORDERS), scope_of(settings(api_key=KEY[::-1]), ORDERS)

    assert before.reading == after.reading
    assert before.key != after.key
    assert len(before.key) == 8
    assert KEY not in json.dumps(before.to_state())


def test_merchant_is_filled_in_and_never_forgotten() -> None:
    scope = Scope("r", "k")

    assert scope.with_merchant(None) == scope
    assert scope.with_merchant("m") == Scope("r", "k", "m")
    assert replace(scope, merchant="m").with_merchant(None) == Scope("r", "k", "m")
    assert Scope("r", "k", "m").to_state() == {"reading": "r", "key": "k", "merchant": "m"}
