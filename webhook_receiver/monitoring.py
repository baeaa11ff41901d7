"""`/healthz`, `/readyz` and `/metrics`: no token, and no detail of events or database."""

import logging

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webhook_receiver.errors import StorageUnavailableError
from webhook_receiver.metrics import Metrics
from webhook_receiver.store import Store

logger = logging.getLogger(__name__)


class Monitoring:
    """What an orchestrator and Prometheus ask."""

    def __init__(self, *, store: Store, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics

    async def healthz(self, _request: Request) -> Response:
        """Answer 200 while the process runs. A database that is down is no reason to restart it."""
        return JSONResponse({"status": "ok"})

    async def readyz(self, _request: Request) -> Response:
        """Answer 200 if the database answers, else 503: other replicas should get the webhooks."""
        try:
            await run_in_threadpool(self._store.ping)
        except StorageUnavailableError as error:
            logger.warning("not ready", extra={"reason": str(error)})
            return JSONResponse({"status": "unavailable"}, status_code=503)
        return JSONResponse({"status": "ok"})

    async def metrics(self, _request: Request) -> Response:
        """Answer in Prometheus' text format."""
        return Response(
            generate_latest(self._metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )
