"""The two endpoints that carry events: in from Ordergroove, out to the connector."""

import hmac
import json
import logging
from datetime import UTC, datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webhook_receiver.bodies import BodyReader
from webhook_receiver.errors import ReceiverError, UnusableQueryError, WrongTokenError
from webhook_receiver.events import LARGEST_ARRIVAL, Clock, Event, recognise
from webhook_receiver.metrics import Metrics
from webhook_receiver.numbers import whole_number
from webhook_receiver.signature import HEADER, SignatureHeader, Verifier
from webhook_receiver.store import Store
from webhook_receiver.writer import Writer

DEFAULT_PAGE_SIZE = 100
LARGEST_PAGE_SIZE = 1_000

logger = logging.getLogger(__name__)


class Inbound:
    """`POST /webhooks/ordergroove`."""

    def __init__(
        self,
        *,
        verifier: Verifier,
        bodies: BodyReader,
        writer: Writer,
        metrics: Metrics,
        tolerance: timedelta,
        clock: Clock,
    ) -> None:
        self._verifier = verifier
        self._bodies = bodies
        self._writer = writer
        self._metrics = metrics
        self._tolerance = tolerance
        self._clock = clock

    async def receive(self, request: Request) -> Response:
        """Answer 200 when the event is durable, now or from an earlier delivery."""
        with self._metrics.answer_seconds.time():
            try:
                event, is_new = await self._take(request)
            except ReceiverError as error:
                self._metrics.webhooks.labels(error.outcome).inc()
                raise
        outcome = "stored" if is_new else "duplicate"
        self._metrics.webhooks.labels(outcome).inc()
        if is_new:
            self._metrics.last_stored.set(event.received_at.timestamp())
            self._metrics.late.inc(event.late)
        logger.info(
            "webhook acknowledged",
            extra={
                "outcome": outcome,
                "event_id": event.id,
                "event_type": event.type,
                "late": event.late,
            },
        )
        return JSONResponse({"status": outcome})

    async def _take(self, request: Request) -> tuple[Event, bool]:
        # The header first: without a well-formed one not a byte of the body is read.
        header = SignatureHeader.parse(request.headers.getlist(HEADER))
        async with self._bodies.reading(request) as body:
            self._verifier.verify(header, body)
            event_id, kind = recognise(body)
            now = self._clock()
            # Not refused: whether the vendor signs a retry anew is unknown, and a deletion found
            # late still counts.
            late = now.timestamp() - header.timestamp > self._tolerance.total_seconds()
            event = Event(event_id, kind, body, received_at=now, late=late)
            return event, await self._writer.store(event)


class Outbound:
    """`GET /events`."""

    def __init__(self, *, store: Store, token: bytes) -> None:
        self._store = store
        self._token = token

    async def list_events(self, request: Request) -> Response:
        """Answer with a page in the vendor's shape: `next`, `previous` (always null), `results`."""
        self._check_token(request)
        after = _number(request, "after", 0, 0, LARGEST_ARRIVAL)
        size = _number(request, "page_size", DEFAULT_PAGE_SIZE, 1, LARGEST_PAGE_SIZE)
        page = await run_in_threadpool(self._store.page, after, size)
        following = None
        if page.more:
            # The host the reader used: it follows `next` only where it sent its token already.
            query = f"after={page.events[-1].arrival}&page_size={size}"
            following = f"{request.base_url}events/?{query}"
        results = b",\n".join(event.as_json() for event in page.events)
        return Response(
            b'{"next": %b, "previous": null, "results": [%b]}\n'
            % (json.dumps(following).encode(), results),
            media_type="application/json",
        )

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        # Compared as bytes, as text outside ASCII is refused by `compare_digest`.
        fits = hmac.compare_digest(token.strip().encode(), self._token)
        if scheme.lower() != "bearer" or not fits:
            raise WrongTokenError(
                "Send `Authorization: Bearer` with this receiver's WEBHOOK_EVENTS_TOKEN."
            )


def utc_now() -> datetime:
    """Return the time now: the clock outside tests."""
    return datetime.now(UTC)


def _number(request: Request, name: str, default: int, lowest: int, highest: int) -> int:
    try:
        return whole_number(request.query_params.get(name, str(default)), lowest, highest)
    except ValueError as error:
        raise UnusableQueryError(f"`{name}` {error}.") from None
