"""The user's settings, typed."""

import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, field_validator


class WebhookReceiver(BaseModel):
    """Where the user's webhook receiver answers, and its token."""

    model_config = ConfigDict(frozen=True)

    url: str
    token: SecretStr


class Hashing(BaseModel):
    """Which kinds of personal data leave the connector only as salted hashes."""

    model_config = ConfigDict(frozen=True)

    fields: tuple[Literal["name", "email", "phone", "address", "card"], ...]
    salt: SecretStr


class Settings(BaseModel):
    """What the spec asks for. The CDK checks it against the spec before a command runs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    api_key: SecretStr = SecretStr("")
    environment: Literal["production", "staging"] = "production"
    start_date: AwareDatetime | None = None
    deletion_mode: Literal["soft", "cdc"] = "soft"
    max_deletion_percent: int = Field(default=15, ge=0, le=100)
    open_order_reconciliation: bool = True
    reconcile_every: int = Field(default=0, ge=0)
    webhook_receiver: WebhookReceiver | None = None
    hash_personal_data: Hashing | None = None
    api_url: str = ""

    @field_validator("api_key")
    @classmethod
    def _is_one_word(cls, key: SecretStr) -> SecretStr:
        # The spec's pattern says so too, but `$` in Python also stands before a last line break.
        if not re.fullmatch("[!-~]*", key.get_secret_value()):
            msg = "it must be a key without blanks and line breaks"
            raise ValueError(msg)
        return key

    @field_validator("api_url")
    @classmethod
    def _has_a_port(cls, url: str) -> str:
        urlsplit(url).port  # noqa: B018 a property that raises ValueError
        return url

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Settings":
        """Read a configuration; an empty text means "not set", as Airbyte's form sends it."""
        return cls.model_validate({name: value for name, value in config.items() if value != ""})
