"""A vendor that answers a `PageRetriever` without HTTP, and a main thread that listens to it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, cast

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.components.attempts import ATTEMPTS
from source_ordergroove.components.page_retriever import PageRetriever
from source_ordergroove.walk import Leg, Opening, Page, Walk, WalkEvent

URL = "https://restapi.ordergroove.com/orders/"
DATE = 1_772_438_400

Asked = tuple[str | None, dict[str, str]]
"""The path or link of a request, and its parameters."""
Answer = requests.Response | Exception | None


def answer(
    document: object = None, *, status: int = 200, raw: bytes | None = None
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = json.dumps(document).encode() if raw is None else raw  # noqa: SLF001
    response.request = requests.Request("GET", URL, headers={"x-api-key": "secret"}).prepare()
    response.headers["Date"] = formatdate(DATE, usegmt=True)
    return response


def page(*ids: str, cursor: str | None = None) -> requests.Response:
    link = f"{URL}?cursor={cursor}" if cursor else None
    return answer({"next": link, "previous": None, "results": [{"public_id": i} for i in ids]})


def failure(kind: FailureType) -> AirbyteTracedException:
    """What the CDK's requester raises when its retries are used up or pointless."""
    return AirbyteTracedException(
        message="the CDK's words", internal_message="the CDK's details", failure_type=kind
    )


@dataclass
class Vendor:
    """A requester that answers in turn, or by a rule, and remembers what it was asked."""

    answers: list[Answer] | Callable[[str | None], Answer]
    asked: list[Asked] = field(default_factory=list)

    def get_url(self, **_: object) -> str:
        return URL

    def send_request(
        self, path: str | None = None, request_params: Mapping[str, Any] | None = None
    ) -> requests.Response | None:
        ATTEMPTS.made += 1
        self.asked.append((path, dict(request_params or {})))
        found = self.answers(path) if callable(self.answers) else self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


def retriever(vendor: Vendor, **settings: Any) -> PageRetriever:
    return PageRetriever(
        requester=cast("Requester", vendor),
        config={"environment": "staging"},
        parameters={"endpoint": "/orders/"},
        name="orders",
        **settings,
    )


def read(vendor: Vendor, *legs: Leg, **settings: Any) -> list[WalkEvent]:
    """Read *legs* with a main thread that takes every page at once; returns the walk's events."""
    events: list[WalkEvent] = []
    for item in retriever(vendor, **settings).read_records({}, None):
        data = cast("dict[str, Any]", item)
        walk: Walk = data["walk"]
        events.append(data["event"])
        if isinstance(events[-1], Opening):
            walk.read(*legs)
            walk.finish()
        elif isinstance(events[-1], Page):
            walk.taken()
    assert events.pop(0) == Opening()
    return events


def ids(events: list[WalkEvent]) -> list[str]:
    return [row["public_id"] for event in events if isinstance(event, Page) for row in event.rows]


LIST = Leg("list", params={"updated_start": "2026-03-01T00:00:00"})
