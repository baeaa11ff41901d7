"""Webhooks: what the emulator's deliveries look like to a receiver, in every mode."""

import hmac
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from emulator.deliveries import MAX_ATTEMPTS, WRONG_KEY, signature
from emulator.stage import Stage
from unit_tests.emulator.vendor_client import VendorClient
from unit_tests.emulator.webhook_box import Receiver, receiving

KEY, OLD_KEY = "the-current-verification-key", "the-previous-verification-key"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as box:
        yield box


@pytest.fixture
def merchant(vendor: VendorClient, receiver: Receiver) -> VendorClient:
    """A merchant with a registered receiver, to whom three events happened."""
    vendor.control("POST", "webhooks", {"url": receiver.url, "keys": [KEY, OLD_KEY]})
    for name in ("change_quantity", "send_now", "change_subscription_quantity"):
        vendor.control("POST", "mutate", {"do": name})
    return vendor


def deliver(vendor: VendorClient, **body: object) -> list[dict[str, Any]]:
    status, report = vendor.control("POST", "webhooks/deliver", body)
    assert status == 200
    found: list[dict[str, Any]] = report["deliveries"]
    return found


def pending(vendor: VendorClient) -> int:
    targets = vendor.control("GET", "webhooks")[1]["targets"]
    return sum(target["pending"] for target in targets)


def event_ids(vendor: VendorClient) -> list[str]:
    return [event["id"] for event in vendor.control("GET", "webhooks/events")[1]]


def verified(header: str, body: bytes) -> list[str]:
    """Return which keys signed *body*, by the documented algorithm."""
    parts = re.findall(r"(ts|sig)=(\w+)", header)
    (stamp,) = [value for name, value in parts if name == "ts"]
    message = stamp.encode() + b"." + body
    names = {
        hmac.new(key.encode(), message, sha256).hexdigest(): key
        for key in (KEY, OLD_KEY, WRONG_KEY)
    }
    return [names[value] for name, value in parts if name == "sig"]


def test_a_signature_is_the_documented_one() -> None:
    """HMAC-SHA256 over `ts.body`, hex, one `sig` a key."""
    one = "9ec3176ba5b187afaeb791e98e6741f5fd73073a27e5d8fdd78c34cff9b4fe8d"
    other = "664fd4419509b6d97ddebed2f2969df523217f0fc6e7eb5e665a24886cf18ad7"
    assert signature(["k" * 20], 1622589211, b"{}") == f"ts=1622589211,sig={one}"
    both = signature(["k" * 20, "l" * 20], 1622589211, b"{}")
    assert both == f"ts=1622589211,sig={one},sig={other}"


def test_in_order_each_event_arrives_once_signed_with_the_current_key(
    merchant: VendorClient, receiver: Receiver
) -> None:
    report = deliver(merchant)
    assert receiver.ids() == event_ids(merchant) == [entry["id"] for entry in report]
    assert {(e["outcome"], e["status"], e["attempt"]) for e in report} == {("delivered", 204, 1)}
    assert [verified(*got) for got in receiver.got] == [[KEY]] * len(report)
    assert {e["type"] for e in report} == {
        "item.change_quantity",
        "order.send_now",
        "subscription.change_quantity",
    }
    assert pending(merchant) == 0
    assert deliver(merchant) == []


def test_a_skip_tells_of_the_deletion_and_of_what_follows(
    vendor: VendorClient, receiver: Receiver
) -> None:
    vendor.control("POST", "webhooks", {"url": receiver.url, "keys": [KEY]})
    order = vendor.stage.world["orders"].find("status", 1)[0].data
    items = [r.data for r in vendor.stage.world["items"].find("order", order["public_id"])]
    vendor.control("POST", "mutate", {"do": "skip", "order": order["public_id"]})
    deliver(vendor)
    sent = [json.loads(body) for _, body in receiver.got]
    removed = [event for event in sent if event["type"] == "item.remove"]
    (deleted,) = [event for event in sent if event["type"] == "order.delete"]
    kinds = [event["type"] for event in sent]
    assert kinds[: len(items) + 2] == [
        "order.skip_order",
        *["item.remove"] * len(items),
        "order.delete",
    ]
    assert set(kinds[len(items) + 2 :]) == {"order.create", "item.create"}
    assert kinds.count("item.create") == len([i for i in items if i["subscription"]])
    assert [e["data"]["object"]["public_id"] for e in removed] == [i["public_id"] for i in items]
    assert deleted["created"] == int(vendor.stage.world.clock.now().timestamp())
    assert deleted["context"] == {"actor": {"type": "og-system-process"}}
    assert deleted["data"]["object"] == {
        "type": "order",
        "merchant": vendor.stage.world.merchant,
        "customer": order["customer"],
        **{
            field: order[field]
            for field in (
                *("public_id", "payment", "shipping_address", "discount_total", "shipping_total"),
                *("sub_total", "tax_total", "total", "extra_data", "generic_error_count"),
                *("order_merchant_id", "rejected_message", "status", "tries"),
            )
        },
        "place": order["place"][:10],
        "status_display": "Unsent",
        "cancelled": None,
        "created": deleted["data"]["object"]["created"],
    }


def test_rows_deleted_by_control_are_announced_too(
    vendor: VendorClient, receiver: Receiver
) -> None:
    vendor.control("POST", "webhooks", {"url": receiver.url, "keys": [KEY]})
    order = vendor.stage.world["orders"].find("status", 1)[0].key[0]
    vendor.control("POST", "delete", {"stream": "orders", "keys": [[order]]})
    assert [(e["type"], e["outcome"]) for e in deliver(vendor)] == [("order.delete", "delivered")]


def test_twice_means_the_same_body_two_times(merchant: VendorClient, receiver: Receiver) -> None:
    report = deliver(merchant, modes=["twice"])
    ids = event_ids(merchant)
    assert receiver.ids() == [event_id for event_id in ids for _ in range(2)]
    assert receiver.got[0] == receiver.got[1]
    assert [entry["attempt"] for entry in report] == [1, 2] * len(ids)
    assert pending(merchant) == 0


def test_out_of_order_loses_nothing(vendor: VendorClient, receiver: Receiver) -> None:
    vendor.control("POST", "webhooks", {"url": receiver.url, "keys": [KEY]})
    vendor.control("POST", "mutate", {"do": "change_quantity", "times": 8})
    deliver(vendor, modes=["out_of_order"])
    assert sorted(receiver.ids()) == sorted(event_ids(vendor))
    assert receiver.ids() != event_ids(vendor)


def test_a_lost_event_never_arrives(merchant: VendorClient, receiver: Receiver) -> None:
    report = deliver(merchant, modes={"lost": 2})
    ids = event_ids(merchant)
    assert [e["outcome"] for e in report] == [
        "lost" if number % 2 == 0 else "delivered" for number in range(len(ids))
    ]
    assert receiver.ids() == ids[1::2]
    assert deliver(merchant) == []


@pytest.mark.parametrize(("mode", "hours"), [("late", 0), ("late_restamped", 2)])
def test_a_late_event_carries_its_old_or_a_new_time(
    merchant: VendorClient, receiver: Receiver, mode: str, hours: int
) -> None:
    held = deliver(merchant, modes=[mode])
    assert {(e["outcome"], e["status"], e["attempt"]) for e in held} == {("late", None, 0)}
    assert receiver.got == []
    first = int(merchant.stage.world.clock.now().timestamp())
    merchant.control("POST", "advance", {"hours": 2, "life": False})
    deliver(merchant)
    assert receiver.ids() == event_ids(merchant)
    assert {header.split(",")[0] for header, _ in receiver.got} == {f"ts={first + hours * 3600}"}
    assert [verified(*got) for got in receiver.got] == [[KEY]] * len(held)


def test_during_a_rotation_both_keys_sign(merchant: VendorClient, receiver: Receiver) -> None:
    deliver(merchant, modes=["both_keys"])
    assert {tuple(verified(*got)) for got in receiver.got} == {(KEY, OLD_KEY)}


def test_registering_again_rotates_the_keys_and_keeps_the_queue(
    merchant: VendorClient, receiver: Receiver
) -> None:
    owed = pending(merchant)
    merchant.control("POST", "webhooks", {"url": receiver.url, "keys": [OLD_KEY]})
    assert pending(merchant) == owed > 0
    deliver(merchant)
    assert {tuple(verified(*got)) for got in receiver.got} == {(OLD_KEY,)}


def test_a_wrong_signature_is_retried_with_the_right_one(
    merchant: VendorClient, receiver: Receiver
) -> None:
    ids = event_ids(merchant)
    receiver.statuses = [401] * len(ids)
    refused = deliver(merchant, modes=["wrong_signature"])
    assert {(e["outcome"], e["status"]) for e in refused} == {("retry", 401)}
    assert {tuple(verified(*got)) for got in receiver.got} == {(WRONG_KEY,)}
    accepted = deliver(merchant)
    assert {(e["outcome"], e["attempt"]) for e in accepted} == {("delivered", 2)}
    assert receiver.ids() == ids * 2


def test_an_event_is_given_up_after_the_last_attempt(
    merchant: VendorClient, receiver: Receiver
) -> None:
    merchant.control("POST", "webhooks/deliver", {"modes": {"lost": 1}})
    merchant.control("POST", "mutate", {"do": "send_now"})
    receiver.statuses = [500] * MAX_ATTEMPTS
    outcomes = [deliver(merchant)[0]["outcome"] for _ in range(MAX_ATTEMPTS)]
    assert outcomes == ["retry"] * (MAX_ATTEMPTS - 1) + ["failed"]
    assert deliver(merchant) == []


def test_a_receiver_that_is_down_gets_its_events_later(vendor: VendorClient) -> None:
    vendor.control("POST", "webhooks", {"url": "http://127.0.0.1:1/", "keys": [KEY]})
    vendor.control("POST", "mutate", {"do": "send_now"})
    (entry,) = deliver(vendor)
    assert (entry["outcome"], entry["status"], entry["attempt"]) == ("retry", None, 1)
    assert pending(vendor) == 1


def test_a_run_can_be_limited(merchant: VendorClient, receiver: Receiver) -> None:
    ids = event_ids(merchant)
    deliver(merchant, limit=1)
    assert receiver.ids() == ids[:1]
    assert pending(merchant) == len(ids) - 1


def test_the_older_api_sends_less(vendor: VendorClient, receiver: Receiver) -> None:
    vendor.control("POST", "webhooks", {"url": receiver.url, "keys": [KEY]})
    vendor.control("POST", "mutate", {"do": "change_quantity"})
    deliver(vendor, modes=["legacy"])
    (event,) = [json.loads(body) for _, body in receiver.got]
    assert sorted(event) == ["created", "data", "id", "type"]
    fields = ["customer", "merchant", "order", "product", "public_id", "subscription", "type"]
    assert sorted(event["data"]["object"]) == fields


def test_a_registered_receiver_changes_nothing_in_the_world(vendor: VendorClient) -> None:
    alone = VendorClient(Stage(clock=vendor.stage.world.clock))
    vendor.control("POST", "webhooks", {"url": "http://127.0.0.1:1/", "keys": [KEY]})
    for client in (alone, vendor):
        client.control("POST", "mutate", {"do": "skip", "times": 5})
    assert alone.control("GET", "world/orders") == vendor.control("GET", "world/orders")


def test_every_event_of_a_month_can_be_worded(vendor: VendorClient) -> None:
    vendor.control("POST", "webhooks", {"url": "http://127.0.0.1:1/", "keys": [KEY]})
    vendor.control("POST", "advance", {"days": 30})
    _, events = vendor.control("GET", "webhooks/events")
    assert len({event["id"] for event in events}) == len(events)
    assert {event["type"].split(".")[0] for event in events} == {
        "order",
        "item",
        "subscription",
        "subscriber",
    }
    assert all(event["data"]["object"]["customer"] for event in events if "item" in event["type"])


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("webhooks", {"url": "file:///etc", "keys": [KEY]}, "`url` is where to POST to"),
        ("webhooks", {"url": "http://x", "keys": []}, "`keys` needs at least one"),
        ("webhooks", {"url": "http://x", "keys": [""]}, "`keys` needs at least one"),
        ("webhooks/deliver", {"modes": ["upside_down"]}, "`upside_down` is no mode"),
        ("webhooks/deliver", {"modes": {"lost": 0}}, "`lost` is no mode"),
    ],
)
def test_what_makes_no_sense_is_refused(
    vendor: VendorClient, path: str, body: dict[str, object], complaint: str
) -> None:
    status, answer = vendor.control("POST", path, body)
    assert status == 400
    assert answer["error"].startswith(complaint)


def test_unregistering_forgets_what_is_owed(merchant: VendorClient) -> None:
    assert pending(merchant) > 0
    assert merchant.control("DELETE", "webhooks") == (200, {"targets": []})
    assert deliver(merchant) == []
