"""What is blocked or hashed is nowhere in a row that leaves."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.rules.privacy import PERSONAL, blocker, hasher

SALT = "a-salt-of-sixteen-characters"
NAMES = sorted(set().union(*PERSONAL.values()))
SECRET = "jane@example.com"

rows = st.recursive(
    st.sampled_from([None, "", SECRET, 7, True]),
    lambda inner: (
        st.dictionaries(st.sampled_from([*NAMES, "customer", "orders"]), inner)
        | st.lists(inner, max_size=3)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(NAMES), rows))
def test_no_personal_value_is_readable_at_any_depth(row: dict[str, Any]) -> None:
    """In lists and objects, too: an event's snapshot holds whole customers."""
    hashed = hasher(list(PERSONAL), SALT, keys=())(row)
    assert SECRET not in personal_values(hashed)
    assert hashed.keys() == row.keys()


def personal_values(value: Any, name: str = "") -> set[Any]:
    """Return the texts that stand, at any depth, under a personal name."""
    if isinstance(value, dict):
        return set().union(*(personal_values(v, k) for k, v in value.items())) if value else set()
    if isinstance(value, list):
        return set().union(*(personal_values(v, name) for v in value)) if value else set()
    return {value} if name in NAMES and isinstance(value, str) else set()


def test_hash_is_the_salted_sha_256_in_hex() -> None:
    digest = hashlib.sha256((SALT + SECRET).encode()).hexdigest()
    assert hasher(["email"], SALT, ())({"email": SECRET, "live": True}) == {
        "email": digest,
        "live": True,
    }


def test_equal_values_stay_equal_and_another_salt_makes_others() -> None:
    first, other = hasher(["email"], SALT, ()), hasher(["email"], SALT + "2", ())
    row = {"email": SECRET}
    assert first(row) == first({"email": SECRET}) != other(row)


@pytest.mark.parametrize("empty", [None, ""])
def test_what_says_nothing_stays_as_it_is(empty: object) -> None:
    assert hasher(["email"], SALT, ())({"email": empty}) == {"email": empty}


def test_only_the_chosen_kinds_and_never_a_key() -> None:
    row = {"email": "key", "phone": "1", "first_name": "Jane"}
    assert hasher(["email", "phone"], SALT, keys=["email"])(row) | {"phone": ""} == {
        "email": "key",
        "phone": "",
        "first_name": "Jane",
    }


def test_blocked_column_is_gone_with_what_could_not_be_parsed_of_it() -> None:
    """The key and the connector's own columns stay; so does nothing that nobody declared."""
    block = blocker(["id", "email", "price"], ["price"], keys=["id"])
    assert block
    row = {
        "id": "1",
        "email": SECRET,
        "price": None,
        "undeclared": SECRET,
        "_og_deleted": False,
        "_og_unparsed": {"email": SECRET, "price": "N/A"},
        "_ab_cdc_deleted_at": None,
    }
    left = block(row)
    assert SECRET not in json.dumps(left)
    assert left == {
        "id": "1",
        "price": None,
        "_og_deleted": False,
        "_og_unparsed": {"price": "N/A"},
        "_ab_cdc_deleted_at": None,
    }


@pytest.mark.parametrize("configured", [[], ["id", "email"], ["id", "email", "more"]])
def test_without_a_selection_nothing_is_blocked(configured: list[str]) -> None:
    assert blocker(["id", "email"], configured, keys=["id"]) is None
