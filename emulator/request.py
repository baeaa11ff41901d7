"""What of an HTTP request matters to an answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from emulator.queries import Query


@dataclass(frozen=True)
class Request:
    """A request's values. *path* and *query_string* are still percent-encoded."""

    method: str
    path: str
    query_string: str
    base_url: str
    """Scheme and host the client used; `next` repeats them."""
    key: str | None
    version: str | None

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters in order."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    @cached_property
    def query(self) -> Query:
        """The parameters by name, each with its values in order."""
        query: Query = {}
        for name, value in self.pairs:
            query.setdefault(name, []).append(value)
        return query
