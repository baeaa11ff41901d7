"""Reads an endpoint page by page and passes the pages on whole."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field, replace
from functools import cached_property
from typing import Any

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.requester import Requester
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from source_ordergroove import errors
from source_ordergroove.components.attempts import ATTEMPTS
from source_ordergroove.rules.links import ForeignLinkError, missing_params, pinned
from source_ordergroove.rules.pages import PageError, read_object, read_page
from source_ordergroove.rules.stamps import format_instant, utc_now
from source_ordergroove.rules.timestamps import parse_http_date
from source_ordergroove.walk import (
    Leg,
    LegAbsent,
    LegDone,
    LegFailed,
    Opening,
    Page,
    Walk,
    WalkEvent,
)

#: How often a page that is none is asked for; 1 to 30 s lie between.
PAGE_ATTEMPTS = 5


@dataclass
class PageRetriever(Retriever):
    """Does the requests of one walk (see `walk.py`); yields one item a page, not a record.

    Why not a built-in: `SimpleRetriever` takes a body that is no JSON, or has no `results`, for an
    empty last page and reports the stream as complete, which here would mean mass deletion; its
    paginator components are shared by threads, so none can remember which cursors it followed; and
    every record costs a pass through extractor, selector, cursor and queue, which a page handed
    over whole does not.

    *request_parameters* and *page_size* go with every list request, unless the link that is
    followed carries them itself. *of_receiver* marks the endpoint of our webhook receiver.
    """

    requester: Requester
    config: Mapping[str, Any]
    parameters: InitVar[Mapping[str, Any]]
    name: str = ""
    page_size: str = "100"
    request_parameters: Mapping[str, str] = field(default_factory=dict)
    of_receiver: bool = False

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Keep what does not change from page to page."""
        self._endpoint = str(parameters.get("endpoint", ""))
        # A check overrides it (manifest, `config_overrides`): the user waits for the answer.
        self._retrying = Retrying(
            retry=retry_if_exception_type(PageError),
            stop=stop_after_attempt(int(self.config.get("page_attempts", PAGE_ATTEMPTS))),
            wait=wait_exponential_jitter(initial=1, max=30),
            reraise=True,
        )

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        """Open a walk, then read the legs that the main thread asks for."""
        walk = Walk()
        yield self._item(walk, Opening())
        for leg in walk.legs():
            for event in self._read(leg, walk):
                yield self._item(walk, event)

    @staticmethod
    def _item(walk: Walk, event: WalkEvent) -> dict[str, Any]:
        # The CDK's cursor looks for its field in every item that passes.
        return {"_og_synced_at": format_instant(utc_now()), "walk": walk, "event": event}

    def _read(self, leg: Leg, walk: Walk) -> Iterator[WalkEvent]:
        try:
            yield from self._pages(leg, walk)
        except AirbyteTracedException as error:
            if not leg.isolated:
                raise
            walk.return_room()
            yield LegFailed(leg, error)

    def _pages(self, leg: Leg, walk: Walk) -> Iterator[WalkEvent]:
        link = leg.resume
        number = 0
        followed = {hash(link)} if link else set()
        while walk.make_room():
            number += 1
            page = self._fetch(leg, link, number)
            if page is None:
                walk.return_room()
                yield LegAbsent(leg)
                return
            link = self._follow(page.next, number, followed)
            yield replace(page, next=link)
            if link is None or number == leg.max_pages:
                yield LegDone(leg)
                return

    def _follow(self, link: str | None, number: int, followed: set[int]) -> str | None:
        if link is None:
            return None
        try:
            link = pinned(self._base, link)
        except ForeignLinkError as error:
            what = "a link to the next page"
            raise errors.foreign_link(what, str(error)) from None
        if hash(link) in followed:
            raise errors.repeated_cursor(self.name, number)
        followed.add(hash(link))
        return link

    @cached_property
    def _base(self) -> str:
        return self.requester.get_url(stream_state=None, stream_slice=None, next_page_token=None)

    def _fetch(self, leg: Leg, link: str | None, number: int) -> Page | None:
        """Return the page, None if the vendor says 404, or raise when attempts are used up."""
        made = ATTEMPTS.made
        try:
            page = self._retrying(self._attempt, leg, link)
        except PageError as error:
            raise errors.unreadable_page(self.name, number, str(error)) from error
        return page and replace(page, attempts=ATTEMPTS.made - made)

    def _attempt(self, leg: Leg, link: str | None) -> Page | None:
        sent, clock = time.time(), time.monotonic()
        response = self._send(leg, link)
        elapsed = time.monotonic() - clock
        _empty(response.request)
        if not response.ok:
            self._refuse(leg, link, response)
            return None
        body = read_object(response.content) if leg.single else read_page(response.content)
        return Page(
            leg=leg,
            rows=body.rows,
            next=None if leg.single else body.next,
            sent=sent,
            elapsed=elapsed,
            vendor_time=parse_http_date(response.headers.get("Date")),
            attempts=1,
            count=body.total,
        )

    def _send(self, leg: Leg, link: str | None) -> requests.Response:
        try:
            response = self.requester.send_request(
                path=link or leg.path or None, request_params=self._params(leg, link)
            )
        except errors.ForeignHostError:
            raise
        except AirbyteTracedException as error:
            if error.failure_type == FailureType.config_error:
                raise
            # The CDK gives an outage the failure type of its own status table, which does not know
            # 423 or a proxy's 520: what counts is that it used up its attempts.
            used_up = isinstance(error.__context__, BaseBackoffException)
            if used_up or error.failure_type == FailureType.transient_error:
                raise errors.vendor_unavailable(self.name, error) from error
            what = error.internal_message or error.message or "unknown failure"
            raise errors.unexpected_refusal(self.name, what) from error
        if response is None:
            msg = "the requester returned no response"
            raise PageError(msg)
        return response

    def _params(self, leg: Leg, link: str | None) -> dict[str, str]:
        if leg.path:
            return dict(leg.params)
        params = {**self.request_parameters, "page_size": self.page_size, **leg.params}
        return missing_params(link, params) if link else params

    def _refuse(self, leg: Leg, link: str | None, response: requests.Response) -> None:
        """Raise what a refusal means; a 404 for an object or a cursor is an answer."""
        code, status = requests.codes, response.status_code
        if self.of_receiver:
            raise errors.receiver_refused(status)
        if status == code.unauthorized or (status == code.forbidden and _names_the_key(response)):
            raise errors.key_refused(str(self.config.get("environment") or "production"))
        if status == code.forbidden:
            raise errors.endpoint_forbidden(self.name, self._endpoint)
        if status != code.not_found:
            raise errors.unexpected_refusal(self.name, f"status {status} for {self._endpoint}")
        if link is None and not leg.path:
            raise errors.endpoint_missing(self.name, self._endpoint)


def _empty(request: requests.PreparedRequest) -> None:
    """Forget what was asked: the limiter keeps the request for three minutes, only to count it.

    17,000 requests, with their headers and cookie jars, would take 45 MB.
    """
    vars(request).update(vars(requests.PreparedRequest()))


def _names_the_key(response: requests.Response) -> bool:
    """Tell Ordergroove's 403 for an unknown key from one for a missing permission."""
    return b"authentication" in response.content.lower()
