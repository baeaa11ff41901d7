"""The ASGI application: wiring only."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from webhook_receiver import retention
from webhook_receiver.bodies import BodyReader
from webhook_receiver.endpoints import Inbound, Outbound, utc_now
from webhook_receiver.errors import ReceiverError, WrongTokenError
from webhook_receiver.events import Clock
from webhook_receiver.metrics import Metrics
from webhook_receiver.monitoring import Monitoring
from webhook_receiver.settings import Settings
from webhook_receiver.signature import Verifier
from webhook_receiver.store import Store
from webhook_receiver.writer import Writer

logger = logging.getLogger(__name__)


def create_app(settings: Settings, store: Store, clock: Clock = utc_now) -> Starlette:
    """Return the application over an open *store*, which stays the caller's to close."""
    metrics = Metrics()
    writer = Writer(store.append, metrics)
    inbound = Inbound(
        verifier=Verifier(settings.webhook_verification_keys),
        bodies=BodyReader(settings.max_body_bytes),
        writer=writer,
        metrics=metrics,
        tolerance=settings.timestamp_tolerance_seconds,
        clock=clock,
    )
    outbound = Outbound(store=store, token=settings.webhook_events_token)
    monitoring = Monitoring(store=store, metrics=metrics)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with (
            retention.running(store, settings.retention_days, metrics, clock),
            writer.running(),
        ):
            yield

    app = Starlette(
        routes=[
            *_routes("/webhooks/ordergroove", inbound.receive, "POST"),
            *_routes("/events", outbound.list_events, "GET"),
            *_routes("/healthz", monitoring.healthz, "GET"),
            *_routes("/readyz", monitoring.readyz, "GET"),
            *_routes("/metrics", monitoring.metrics, "GET"),
        ],
        exception_handlers={ReceiverError: _answer},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


def _routes(
    path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str
) -> list[Route]:
    """Serve *path* with and without a slash: Ordergroove counts a redirect as a failure."""
    return [Route(form, endpoint, methods=[method]) for form in (path, f"{path}/")]


async def _answer(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReceiverError)  # noqa: S101  Starlette types every handler for Exception
    logger.warning(
        "request refused",
        extra={
            "path": request.url.path,
            "status": error.status,
            "outcome": error.outcome,
            "reason": str(error),
        },
    )
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, WrongTokenError) else None
    return JSONResponse({"detail": error.answer}, status_code=error.status, headers=headers)
