"""Deleting and restoring by key, in each of the 21 streams."""

import pytest

from emulator.streams import STREAMS
from emulator.world import UPDATED_FIELD
from unit_tests.emulator.vendor_client import VendorClient


def keys(vendor: VendorClient, stream: str) -> list[list[object]]:
    status, body = vendor.control("GET", f"world/{stream}?keys_only=true")
    assert status == 200
    found: list[list[object]] = body["keys"]
    return found


@pytest.mark.parametrize("stream", STREAMS)
def test_a_deleted_row_is_gone_alone_and_comes_back(vendor: VendorClient, stream: str) -> None:
    before = keys(vendor, stream)
    # Discounts are known by position: the last one goes without renaming another.
    victim = before[-1]
    status, body = vendor.control("POST", "delete", {"stream": stream, "keys": [victim]})
    assert (status, body["keys"]) == (200, [victim])
    assert body["changes"]["deleted"][stream] == [victim]
    assert keys(vendor, stream) == before[:-1]
    status, body = vendor.control("POST", "restore", {"stream": stream})
    assert (status, body["keys"], body["changes"]["created"][stream]) == (200, [victim], [victim])
    assert keys(vendor, stream) == before


@pytest.mark.parametrize("stream", STREAMS)
def test_all_rows_can_go_and_come_back(vendor: VendorClient, stream: str) -> None:
    before = keys(vendor, stream)
    vendor.control("POST", "delete", {"stream": stream, "all": True})
    assert keys(vendor, stream) == []
    vendor.control("POST", "restore", {"stream": stream})
    assert sorted(map(str, keys(vendor, stream))) == sorted(map(str, before))


def test_a_fraction_goes_and_the_same_one_each_time(vendor: VendorClient) -> None:
    before = keys(vendor, "customer")
    _, first = vendor.control("POST", "delete", {"stream": "customer", "fraction": 0.5})
    assert len(first["keys"]) == len(before) // 2
    assert keys(vendor, "customer") == [key for key in before if key not in first["keys"]]


@pytest.mark.parametrize("stream", [n for n, s in STREAMS.items() if s.table in UPDATED_FIELD])
@pytest.mark.parametrize("bump", [True, False])
def test_a_childs_deletion_moves_its_parents_update_time_if_asked(
    vendor: VendorClient, stream: str, *, bump: bool
) -> None:
    if STREAMS[stream].containers is None:
        return
    table = STREAMS[stream].table
    stamp = UPDATED_FIELD[table]
    rows = vendor.stage.world[table].rows
    before = {row.key: row[stamp] for row in rows}
    victim = keys(vendor, stream)[-1]
    vendor.control("POST", "delete", {"stream": stream, "keys": [victim], "bump": bump})
    moved = [row[stamp] for row in rows if row[stamp] != before[row.key]]
    assert moved == ([vendor.stage.world.now()] if bump else [])


def test_what_is_not_there_cannot_be_deleted_or_restored(vendor: VendorClient) -> None:
    missing = {"stream": "orders", "keys": [["none"]]}
    answer = (400, {"error": "`orders` has no row ['none'] to do this to."})
    assert vendor.control("POST", "delete", missing) == answer
    assert vendor.control("POST", "restore", missing) == answer


def test_a_child_without_its_parent_cannot_come_back(vendor: VendorClient) -> None:
    victim = keys(vendor, "offer_profile_offer")[-1]
    vendor.control("POST", "delete", {"stream": "offer_profile_offer", "keys": [victim]})
    parent = {"stream": "offer_profile", "keys": [[victim[0]]]}
    vendor.control("POST", "delete", parent)
    status, body = vendor.control("POST", "restore", {"stream": "offer_profile_offer"})
    assert (status, body["error"]) == (
        400,
        f"The parent of {victim} in `offer_profile_offer` is gone; restore the parent first.",
    )
    vendor.control("POST", "restore", parent)
    status, _ = vendor.control("POST", "restore", {"stream": "offer_profile_offer"})
    assert status == 200
