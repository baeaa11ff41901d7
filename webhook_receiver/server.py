"""The process that serves: opens the store, binds the port, stops gracefully."""

import logging
import signal
import socket

import uvicorn

from webhook_receiver.app import create_app
from webhook_receiver.settings import Settings
from webhook_receiver.store import Store

STOP_SECONDS = 10
"""What is under way then has this long; a process manager must wait longer before it kills."""
_KEEP_ALIVE_SECONDS = 75
"""Longer than the 60 seconds nginx keeps an idle connection, so that it is never the receiver that
closes one just as a webhook is sent over it."""
_MOST_CONNECTIONS = 1_000

logger = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say where it listens once it does: with `PORT=0` nobody else knows."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            logger.info("listening", extra={"url": url})


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way and return.

    Raises:
        StorageUnavailableError: the database cannot be opened; nothing was bound.

    """
    with Store.open(settings.database_url) as store:
        trusted = settings.forwarded_allow_ips
        server = _Server(
            uvicorn.Config(
                create_app(settings, store),
                host=settings.host,
                port=settings.port,
                lifespan="on",
                ws="none",
                log_config=None,
                # It would log addresses and query strings.
                access_log=False,
                server_header=False,
                proxy_headers=trusted != "none",
                forwarded_allow_ips=trusted,
                limit_concurrency=_MOST_CONNECTIONS,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        # After a graceful stop uvicorn raises the signal once more for whoever handled it before.
        # With the default handler that would end the process before the store is closed, and not
        # with status 0.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        server.run()
    logger.info("stopped")
