"""Settings arrive as Airbyte's form sends them, and a secret does not leave by accident."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

import source_ordergroove
from source_ordergroove.pipeline.settings import Settings

KEY = "a-key-long-enough-to-be-recognised"


def test_settings_are_those_of_the_form_with_its_defaults() -> None:
    """A default that stands in two places is the same in both."""
    manifest = Path(source_ordergroove.__file__).with_name("manifest.yaml")
    form = yaml.safe_load(manifest.read_text())["spec"]["connection_specification"]["properties"]
    settings = Settings.of({"api_key": KEY})

    assert Settings.model_fields.keys() <= form.keys()
    for name, offered in form.items():
        if "default" in offered and name in Settings.model_fields:
            assert getattr(settings, name) == offered["default"], name


@pytest.mark.parametrize("name", ["environment", "start_date", "deletion_mode", "api_url"])
def test_empty_field_of_the_form_is_not_set(name: str) -> None:
    assert Settings.of({"api_key": KEY, name: ""}) == Settings.of({"api_key": KEY})


def test_start_date_is_an_instant() -> None:
    settings = Settings.of({"start_date": "2026-01-01T00:00:00Z"})

    assert settings.start_date == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("environment", "test"),
        ("deletion_mode", "hard"),
        ("max_deletion_percent", 101),
        ("max_deletion_percent", -1),
        ("reconcile_every", -1),
        ("start_date", "yesterday"),
        ("webhook_receiver", {"url": "https://hooks.example"}),
    ],
)
def test_wrong_value_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings.of({"api_key": KEY, name: value})

    assert refusal.value.errors()[0]["loc"][0] == name


def test_secrets_are_not_shown() -> None:
    token = "a-token-long-enough-to-be-recognised"
    settings = Settings.of({"api_key": KEY, "webhook_receiver": {"url": "u", "token": token}})

    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert KEY not in shown
        assert token not in shown
