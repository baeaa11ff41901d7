"""List endpoints over HTTP: who may ask, what is shown by default, how pages are linked."""

from urllib.parse import quote

import pytest

from emulator.catalogue import ODD_PRODUCT_IDS
from emulator.endpoints import ENDPOINTS
from emulator.settings import KEY_WITHOUT_BULK
from unit_tests.emulator.vendor_client import VendorClient

EVERYTHING = {
    "items": "&include_item_level=true",
    "offer_profiles": "&status=all",
    "one_time_incentives": "&include_item_level=true",
    "products": "&autoship_enabled=all&allow_discontinued=true"
    "&include_product_selection_rules=true",
}


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("version", ["2", ""])
def test_a_list_holds_every_row_of_its_table(vendor: VendorClient, path: str, version: str) -> None:
    endpoint = ENDPOINTS[path]
    rows = [row.data for row in vendor.stage.world[endpoint.table].rows]
    walked = vendor.walk(f"/{path}/?page_size=7{EVERYTHING.get(path, '')}", version=version)
    assert walked == (rows if endpoint.oldest_first else rows[::-1])


@pytest.mark.parametrize("path", ENDPOINTS)
def test_the_version_header_decides_the_envelope(vendor: VendorClient, path: str) -> None:
    endpoint = ENDPOINTS[path]
    _, with_header = vendor.ask(f"/{path}/")
    _, without = vendor.ask(f"/{path}/", version="")
    counted = ["count", "next", "previous", "results"]
    assert list(with_header) == (counted if endpoint.shape == "counted" else counted[1:])
    assert list(without) == (counted[1:] if endpoint.always_cursors else counted)


@pytest.mark.parametrize(
    ("target", "rows"),
    [
        ("/items/", 10),
        ("/items/?page_size=100", 100),
        ("/items/?page_size=5000", 100),
        ("/items/?page_size=0", 10),
        ("/items/?page_size=many", 10),
        ("/placement_logs/responses/", 10),
        ("/placement_logs/responses/?page_size=5000", 1000),
    ],
)
def test_page_sizes_default_to_10_and_are_capped(
    vendor: VendorClient, target: str, rows: int
) -> None:
    vendor.control("POST", "bulk", {"stream": "placement_log_responses", "count": 1500})
    _, page = vendor.ask(target)
    assert len(page["results"]) == rows


def test_next_is_absolute_and_repeats_the_filters_in_order(vendor: VendorClient) -> None:
    _, page = vendor.ask("/orders/?updated_start=2025-01-01T00%3A00%3A00&page_size=2&customer=")
    assert page == {"next": None, "previous": None, "results": []}
    _, page = vendor.ask("/orders/?updated_start=2025-01-01T00%3A00%3A00&page_size=2&unknown=1")
    base, query = page["next"].split("?")
    assert base == "http://testserver/orders/"
    names = [part.split("=")[0] for part in query.split("&")]
    assert names == ["cursor", "page_size", "unknown", "updated_start"]
    assert "updated_start=2025-01-01T00%3A00%3A00" in query.split("&")


def test_next_can_forget_the_page_size(vendor: VendorClient) -> None:
    vendor.control("PATCH", "settings", {"next_keeps_page_size": False})
    _, page = vendor.ask("/orders/?page_size=2")
    assert [part.split("=")[0] for part in page["next"].split("?")[1].split("&")] == ["cursor"]


def test_a_garbled_cursor_is_not_found(vendor: VendorClient) -> None:
    assert vendor.ask("/orders/?cursor=garbled") == (404, {"detail": "Invalid cursor"})


@pytest.mark.parametrize("key", [None, "", "not-a-key-of-this-merchant"])
def test_a_missing_or_wrong_key_is_refused(vendor: VendorClient, key: str | None) -> None:
    refusal = {"detail": "Authentication Failed"}
    if key == "":
        assert vendor.ask("/orders/?page_size=1")[0] == 200
        return
    assert vendor.ask("/orders/", key=key) == (403, refusal)
    vendor.control("PATCH", "settings", {"bad_key_status": 401})
    assert vendor.ask("/orders/", key=key) == (401, refusal)


def test_a_key_without_bulk_permission_sees_configuration_and_single_customers(
    vendor: VendorClient,
) -> None:
    answers = {path: vendor.ask(f"/{path}/", key=KEY_WITHOUT_BULK)[0] for path in sorted(ENDPOINTS)}
    assert [path for path, status in answers.items() if status == 403] == [
        "addresses",
        "customers",
        "items",
        "one_time_incentives",
        "orders",
        "payments",
        "subscriptions",
    ]
    assert {status for status in answers.values() if status != 403} == {200}
    customer = vendor.stage.world["orders"].rows[0]["customer"]
    _, page = vendor.ask(f"/orders/?customer={customer}", key=KEY_WITHOUT_BULK)
    assert {order["customer"] for order in page["results"]} == {customer}


def test_products_hide_what_cannot_be_subscribed_to(vendor: VendorClient) -> None:
    rows = [row.data for row in reversed(vendor.stage.world["products"].rows)]

    def ids(query: str) -> list[str]:
        return [p["external_product_id"] for p in vendor.walk(f"/products/?{query}")]

    def expected(*, autoship: set[bool], discontinued: set[bool]) -> list[str]:
        return [
            p["external_product_id"]
            for p in rows
            if p["autoship_enabled"] in autoship and p["discontinued"] in discontinued
        ]

    both = {True, False}
    assert ids("") == expected(autoship={True}, discontinued={False})
    assert ids("autoship_enabled=all") == expected(autoship=both, discontinued={False})
    assert ids("autoship_enabled=false") == expected(autoship={False}, discontinued={False})
    assert ids("allow_discontinued=true") == expected(autoship={True}, discontinued=both)
    assert ids("allow_discontinued=strict") == expected(autoship={True}, discontinued={True})
    assert len(ids("")) < len(rows)


def test_selection_rules_come_only_when_asked_for(vendor: VendorClient) -> None:
    _, plain = vendor.ask("/products/?page_size=100")
    _, full = vendor.ask("/products/?page_size=100&include_product_selection_rules=true")
    rules = [product.pop("product_selection_rules") for product in full["results"]]
    assert full["results"] == plain["results"]
    assert any(rules)


def test_archived_profiles_and_item_incentives_are_hidden_by_default(vendor: VendorClient) -> None:
    profiles = vendor.walk("/offer_profiles/")
    assert {profile["status"] for profile in profiles} == {"available"}
    archived = vendor.walk("/offer_profiles/?status=archived")
    assert {profile["status"] for profile in archived} == {"archived"}
    incentives = vendor.walk("/one_time_incentives/")
    every = vendor.walk("/one_time_incentives/?include_item_level=true")
    assert incentives == [incentive for incentive in every if incentive["order"]]
    assert 0 < len(incentives) < len(every)


def test_item_prices_can_be_left_out(vendor: VendorClient) -> None:
    every = vendor.walk("/items/?page_size=100&status=1")
    bare = vendor.walk("/items/?page_size=100&status=1&omit_price_calculation=true")
    prices = {"price", "total_price", "extra_cost"}
    assert bare == [{k: v for k, v in item.items() if k not in prices} for item in every]
    open_orders = {order["public_id"] for order in vendor.walk("/orders/?page_size=100&status=1")}
    assert {item["order"] for item in every} == open_orders


@pytest.mark.parametrize("shape", ["array", "results_only", "counted", "pages", "object"])
def test_an_endpoint_can_answer_in_another_envelope(vendor: VendorClient, shape: str) -> None:
    rows = [row.data for row in reversed(vendor.stage.world["offer_profiles"].rows)]
    vendor.control("PATCH", "settings", {"shapes": {"offer_profiles": shape}})
    status, page = vendor.ask("/offer_profiles/?status=all&page_size=100")
    assert status == 200
    assert (page if shape == "array" else page["results"]) == rows


def test_a_single_row_can_come_bare(vendor: VendorClient) -> None:
    vendor.control("PATCH", "settings", {"shapes": {"/merchant/cancel_reason/": "object"}})
    _, reasons = vendor.ask("/merchant/cancel_reason/?application=rc3")
    assert [reason["cancel_reason"] for reason in reasons["results"]] == [70, 12]
    vendor.control("POST", "delete", {"stream": "merchant_cancel_reason", "keys": [["rc3", 70]]})
    answer = vendor.ask("/merchant/cancel_reason/?application=rc3")
    assert answer == (200, {"cancel_reason": 12, "application": "rc3"})


@pytest.mark.parametrize("product_id", [*ODD_PRODUCT_IDS, "48398751430001"])
def test_ids_in_paths_are_percent_decoded(vendor: VendorClient, product_id: str) -> None:
    target = f"/products/{quote(product_id, safe='')}/"
    status, product = vendor.ask(target)
    assert (status, product["external_product_id"]) == (200, product_id)
    status, relations = vendor.ask(f"{target}relationships/")
    assert status == 200
    assert relations == [
        row.data
        for row in vendor.stage.world["relationships"].rows
        if product_id in {row["from_product"], row["to_product"]}
    ]
    assert relations


@pytest.mark.parametrize("path", [p for p, e in ENDPOINTS.items() if e.retrieve])
def test_a_deleted_object_is_not_found(vendor: VendorClient, path: str) -> None:
    table = ENDPOINTS[path].table
    row = vendor.stage.world[table].rows[0]
    assert vendor.ask(f"/{path}/{row.key[0].replace('/', '%2F')}/")[0] == 200
    vendor.stage.world.delete(table, [row])
    answer = vendor.ask(f"/{path}/{row.key[0].replace('/', '%2F')}/")
    assert answer == (404, {"detail": "Not found."})


def test_a_component_is_found_by_its_id_and_legacy_ones_have_none(vendor: VendorClient) -> None:
    world = vendor.stage.world
    component = next(
        c for row in world["subscriptions"].rows for c in row["components"] if isinstance(c, dict)
    )
    found = vendor.ask(f"/subscriptions/components/{component['public_id']}/")
    assert found == (200, component)
    assert vendor.ask("/subscriptions/components/none/")[0] == 404


@pytest.mark.parametrize("target", ["/orders", "/nothing/", "/offer_profiles/x/", "/"])
def test_a_path_that_is_not_documented_is_not_found(vendor: VendorClient, target: str) -> None:
    assert vendor.ask(target) == (404, {"detail": "Not found."})


def test_a_path_without_its_slash_can_redirect(vendor: VendorClient) -> None:
    vendor.control("PATCH", "settings", {"slashless": "redirect"})
    response = vendor.http.get("/orders?page_size=1")
    assert response.status_code == 301
    assert response.headers["location"] == "http://testserver/orders/?page_size=1"


def test_writes_are_not_played(vendor: VendorClient) -> None:
    headers = {"x-api-key": vendor.stage.settings.api_key}
    response = vendor.http.post("/orders/", headers=headers)
    assert (response.status_code, response.json()) == (
        405,
        {"detail": 'Method "POST" not allowed.'},
    )
