"""The README names everything the emulator has."""

from dataclasses import fields
from pathlib import Path

import pytest

import emulator
from emulator.deliveries import MODES
from emulator.faults import FAULTS
from emulator.paging import SHAPES
from emulator.seed import SIZES
from emulator.settings import DEFAULT_KEY, KEY_WITHOUT_BULK, Settings
from unit_tests.emulator.vendor_client import VendorClient

FOLDER = Path(emulator.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")
NAMES = [*MODES, *FAULTS, *SHAPES, *SIZES, *(field.name for field in fields(Settings))]


@pytest.mark.parametrize("name", NAMES)
def test_every_fault_mode_envelope_size_and_setting_is_named(name: str) -> None:
    assert f"`{name}`" in README


def test_both_keys_are_named() -> None:
    assert DEFAULT_KEY in README
    assert KEY_WITHOUT_BULK in README


def test_every_control_call_is_listed_and_named(vendor: VendorClient) -> None:
    status, calls = vendor.control("GET", "")
    assert status == 200
    assert all(what.startswith(call) for call, what in calls.items())
    rows = [line for line in README.splitlines() if line.startswith("| `")]
    unnamed = [
        call
        for call in calls
        for method, path in [call.split(" ")]
        if not any(f"`{method}" in row and f" {path}`" in row for row in rows)
    ]
    assert unnamed == []


def test_every_file_is_on_the_map() -> None:
    files = sorted(path.name for path in FOLDER.glob("*.py"))
    assert [name for name in files if f"`{name}`" not in README] == ["__init__.py"]
