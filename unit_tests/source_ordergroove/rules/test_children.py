"""Child rows as the vendor's pages hold them, and in the shapes it might send instead."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.rules.children import Nested, rows

GROUP = Nested(paths=[["groups"]], columns={"product_id": "external_product_id"})
RULE = Nested(
    paths=[["product_selection_rules"]],
    columns={"product_id": "external_product_id"},
    require=["public_id"],
    drop=["product_selection_list_elements"],
)
ELEMENT = Nested(
    paths=[["product_selection_rules", "product_selection_list_elements"]],
    columns={
        "product_id": "external_product_id",
        "product_selection_rule_id": "product_selection_rules.public_id",
    },
    require=["public_id"],
)
OFFER = Nested(
    paths=[["offers"]],
    columns={"offer_profile_id": "public_id"},
    scalar="offer_id",
    require=["offer_id"],
)
INITIAL_DISCOUNT = Nested(
    paths=[["initial_coupon", "discounts"]],
    columns={"offer_profile_id": "public_id", "coupon_id": "initial_coupon.public_id"},
    require=["public_id"],
)
COMPONENT = Nested(
    paths=[["components"]], columns={"subscription_id": "public_id"}, require=["public_id"]
)
DISCOUNT = Nested(
    paths=[["discounts"], ["extra_data", "discounts"]],
    columns={"subscription_id": "public_id"},
    scalar="title",
    position="position",
    whole="discount",
    first={"title": ["title", "name"]},
)
ALL = [GROUP, RULE, ELEMENT, OFFER, INITIAL_DISCOUNT, COMPONENT, DISCOUNT]

CLUB = {
    "external_product_id": "p1",
    "groups": [
        {"group_type": "eligibility", "name": "subscription"},
        {"group_type": "sku_swap", "name": "swap-size"},
    ],
    "product_selection_rules": [
        {
            "public_id": "r1",
            "product_selection_list_elements": [
                {"public_id": "e1", "product": "p2", "starting_date": "2026-01-01T00:00:00Z"},
                {"public_id": "e2", "product": "p3", "starting_date": "2026-02-01T00:00:00Z"},
            ],
            "configuration": {"reveal_moment": "ORDER_PLACEMENT"},
        },
        {"public_id": "r2", "product_selection_list_elements": []},
        {
            "public_id": "r3",
            "product_selection_list_elements": [
                {"public_id": "e3", "product": "p4", "starting_ordinal": "1"}
            ],
        },
    ],
}
PROFILE = {
    "public_id": "op",
    "offers": ["o1", "o2"],
    "initial_coupon": {
        "public_id": "c1",
        "discounts": [{"public_id": "d1", "name": "10% off", "coupon": "x"}],
    },
    "recurring_coupon": None,
}


def test_groups_take_the_product() -> None:
    assert rows(CLUB, GROUP) == [
        {"product_id": "p1", "group_type": "eligibility", "name": "subscription"},
        {"product_id": "p1", "group_type": "sku_swap", "name": "swap-size"},
    ]


def test_rules_do_not_repeat_their_elements() -> None:
    assert rows(CLUB, RULE) == [
        {
            "product_id": "p1",
            "public_id": "r1",
            "configuration": {"reveal_moment": "ORDER_PLACEMENT"},
        },
        {"product_id": "p1", "public_id": "r2"},
        {"product_id": "p1", "public_id": "r3"},
    ]


def test_elements_take_the_product_and_their_rule() -> None:
    assert rows(CLUB, ELEMENT) == [
        {"product_id": "p1", "product_selection_rule_id": rule, **element}
        for rule, element in [
            ("r1", {"public_id": "e1", "product": "p2", "starting_date": "2026-01-01T00:00:00Z"}),
            ("r1", {"public_id": "e2", "product": "p3", "starting_date": "2026-02-01T00:00:00Z"}),
            ("r3", {"public_id": "e3", "product": "p4", "starting_ordinal": "1"}),
        ]
    ]


def test_offers_are_plain_ids() -> None:
    assert rows(PROFILE, OFFER) == [
        {"offer_profile_id": "op", "offer_id": "o1"},
        {"offer_profile_id": "op", "offer_id": "o2"},
    ]


def test_an_offer_that_is_no_id_is_left_out() -> None:
    profile = {"public_id": "op", "offers": [{"public_id": "o"}, True, None, "", [], 7]}

    assert rows(profile, OFFER) == [{"offer_profile_id": "op", "offer_id": 7}]


def test_coupon_discounts_take_the_profile_and_the_coupon() -> None:
    assert rows(PROFILE, INITIAL_DISCOUNT) == [
        {
            "offer_profile_id": "op",
            "coupon_id": "c1",
            "public_id": "d1",
            "name": "10% off",
            "coupon": "x",
        }
    ]


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        (
            [{"public_id": "a", "quantity": 1, "product": "p"}],
            [{"subscription_id": "s", "public_id": "a", "quantity": 1, "product": "p"}],
        ),
        ({"public_id": "a"}, [{"subscription_id": "s", "public_id": "a"}]),
        (["p1", "p2"], []),
        ("p1, p2", []),
        ([{"product": "p1"}, {"public_id": None}, {"public_id": ""}, [], 5], []),
        ([], []),
        ("", []),
        (None, []),
    ],
)
def test_components_without_an_id_are_no_rows(components: Any, expected: list[Any]) -> None:
    """Legacy bundles list plain product ids, which stay in the subscription's own column."""
    assert expected == rows({"public_id": "s", "components": components}, COMPONENT)


@pytest.mark.parametrize(
    ("subscription", "expected"),
    [
        ({"discounts": [{"title": "10%", "off": 1}]}, [(0, "10%", {"title": "10%", "off": 1})]),
        (
            {"discounts": "", "extra_data": {"discounts": [{"name": "Welcome"}]}},
            [(0, "Welcome", {"name": "Welcome"})],
        ),
        (
            {"discounts": [{"title": "first"}], "extra_data": {"discounts": [{"title": "no"}]}},
            [(0, "first", {"title": "first"})],
        ),
        (
            {"extra_data": {"discounts": [{"title": "", "name": "n"}, None, {"value": 1}]}},
            [(0, "n", {"title": "", "name": "n"}), (2, None, {"value": 1})],
        ),
        ({"discounts": {"title": "only one"}}, [(0, "only one", {"title": "only one"})]),
        ({"extra_data": {"_raw": "not json"}}, []),
        ({"extra_data": None}, []),
        ({}, []),
    ],
)
def test_discount_objects_come_from_the_first_list_that_has_any(
    subscription: dict[str, Any], expected: list[tuple[int, str | None, dict[str, Any]]]
) -> None:
    assert [
        {"subscription_id": "s", "position": position, "title": title, "discount": discount}
        for position, title, discount in expected
    ] == rows({"public_id": "s", **subscription}, DISCOUNT)


def test_a_discount_may_be_its_title() -> None:
    assert rows({"public_id": "s", "discounts": ["10% off", "Free shipping"]}, DISCOUNT) == [
        {"subscription_id": "s", "position": 0, "title": "10% off"},
        {"subscription_id": "s", "position": 1, "title": "Free shipping"},
    ]


def test_a_key_column_wins_over_a_field_of_its_name() -> None:
    """The item's place decides whose child it is, not what it says of itself."""
    product = {"external_product_id": "p1", "groups": [{"product_id": "other", "name": "n"}]}

    assert rows(product, GROUP) == [{"product_id": "p1", "name": "n"}]


def test_keys_come_from_any_object_passed_on_the_way() -> None:
    nested = Nested(
        paths=[["rules", "elements", "products"]],
        columns={"parent": "id", "rule": "rules.id", "element": "rules.elements.id"},
        scalar="product",
    )
    parent = {
        "id": 0,
        "rules": [
            {"id": 1, "elements": [{"id": 11, "products": ["a", "b"]}, {"id": 12}]},
            {"id": 2, "elements": {"id": 21, "products": "c"}},
        ],
    }

    assert rows(parent, nested) == [
        {"parent": 0, "rule": 1, "element": 11, "product": "a"},
        {"parent": 0, "rule": 1, "element": 11, "product": "b"},
        {"parent": 0, "rule": 2, "element": 21, "product": "c"},
    ]


def test_equal_keys_are_all_returned() -> None:
    assert rows({"public_id": "op", "offers": ["o1", "o1"]}, OFFER) == [
        {"offer_profile_id": "op", "offer_id": "o1"},
        {"offer_profile_id": "op", "offer_id": "o1"},
    ]


def test_rows_are_new_dicts() -> None:
    """Stamping or normalising a child leaves its parent alone."""
    club = deepcopy(CLUB)

    for nested in (GROUP, RULE, ELEMENT):
        for row in rows(club, nested):
            row["public_id"] = row["name"] = None

    assert club == CLUB


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["public_id", "discounts", "title", "product_selection_list_elements"])
            | st.text(max_size=2),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
parents = st.dictionaries(
    st.sampled_from(
        [path[0] for nested in ALL for path in nested.paths] + ["public_id", "external_product_id"]
    ),
    json_values,
)


@given(parents, st.sampled_from(ALL))
def test_any_shape_gives_rows_with_keys_and_leaves_the_parent(
    parent: dict[str, Any], nested: Nested
) -> None:
    before = deepcopy(parent)

    found = rows(parent, nested)

    assert before == parent
    for row in found:
        assert set(nested.columns) <= set(row)
        assert all(row[name] not in (None, "") for name in nested.require)
        assert not set(nested.drop) & set(row)


@pytest.mark.parametrize(
    ("paths", "source"),
    [
        ([["groups"]], "groups.name"),
        ([["rules", "elements"]], "elements.public_id"),
        ([["rules", "elements", "products"]], "rules.other.public_id"),
        ([["discounts"], ["extra_data", "discounts"]], "extra_data.public_id"),
    ],
)
def test_a_source_that_is_not_on_every_path_is_refused(paths: list[list[str]], source: str) -> None:
    with pytest.raises(ValueError, match=f"Column `key`: `{source}` is not on every path"):
        Nested(paths=paths, columns={"key": source})


def test_a_path_given_as_text_is_refused() -> None:
    """`paths: [groups]` in the manifest would be walked letter by letter."""
    with pytest.raises(ValueError, match="Each path must be a list of field names"):
        Nested(paths=["groups"], columns={})
