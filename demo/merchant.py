"""The emulated merchant, seen from outside: what it has, what happens to it, what it was asked."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests

from demo.errors import DemoError
from emulator.server import spawned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Key = tuple[str, ...]
"""A row's primary key as texts: vendor and warehouse may give one value different types."""

TIMEOUT_SECONDS = 30


class Merchant:
    """Speaks the emulator's control API, which no real merchant has."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()

    def api_key(self) -> str:
        """Return the key that the connector needs."""
        return str(self._ask("GET", "settings")["api_key"])

    def counts(self) -> dict[str, int]:
        """Return the number of rows of every stream."""
        return dict(self._ask("GET", "world")["counts"])

    def keys(self, streams: Iterable[str]) -> dict[str, set[Key]]:
        """Return the primary keys of all rows of these streams."""
        return {
            stream: {
                tuple(map(str, key))
                for key in self._ask("GET", f"world/{stream}?keys_only=true")["keys"]
            }
            for stream in streams
        }

    def key_columns(self, stream: str) -> tuple[str, ...]:
        """Return the columns that `keys` are made of."""
        return tuple(self._ask("GET", f"world/{stream}?keys_only=true")["primary_key"])

    def happen(self, what: str, times: int) -> None:
        """Let something happen to rows drawn at random; raises `DemoError` if it can't."""
        self._ask("POST", "mutate", {"do": what, "times": times})

    def requests(self) -> list[dict[str, Any]]:
        """Return the log of requests since `forget_requests`, oldest first."""
        return list(self._ask("GET", "requests"))

    def forget_requests(self) -> None:
        """Empty the log."""
        self._ask("DELETE", "requests")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        try:
            response = self._session.request(
                method, f"{self.url}/_emulator/{path}", json=body, timeout=TIMEOUT_SECONDS
            )
        except requests.ConnectionError:
            raise DemoError(
                f"No emulator answers at {self.url}. Start one with `make emulator`, or leave out "
                "`--emulator` and the demo starts its own."
            ) from None
        if not response.ok:
            raise DemoError(f"The emulator refused `{method} {path}`: {response.text}")
        return response.json()


@contextmanager
def merchant(url: str | None) -> Iterator[Merchant]:
    """Yield the merchant of the emulator at *url*, by default of one started for the occasion."""
    if url:
        yield Merchant(url.rstrip("/"))
    else:
        with spawned(seed=7, size="small") as server:
            yield Merchant(server.url)
