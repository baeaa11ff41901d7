"""The ASGI application: vendor paths here, `/_emulator/` paths in `control`.

Vendor requests bypass Starlette's routing: it matches decoded paths, in which a product id with
a slash is two segments, and it costs more than cutting the page does.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING

from emulator import errors, faults, vendor
from emulator.control import control_app
from emulator.request import Request
from emulator.request_log import recognisable

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from emulator.faults import Response
    from emulator.request_log import Entry
    from emulator.stage import Stage

TRANSPORT = "emulator.transport"
"""Scope extension that `server.Protocol` fills: faults below HTTP need the connection itself."""


def create_app(stage: Stage) -> ASGIApp:
    """Return the application that plays *stage*."""
    control = control_app(stage)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_emulator"):
            await control(scope, receive, send)
        else:
            await _serve_vendor(stage, scope, receive, send)

    return app


async def _serve_vendor(stage: Stage, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    request = _request(scope, headers)
    found = vendor.resolve(request.path)
    name = found[0] if found else "unknown"
    entry = stage.log.begin(
        name,
        request.method,
        request.path,
        request.pairs,
        {
            "x-api-key": recognisable(request.key) if request.key else "",
            "x-og-api-version": request.version or "",
            "user-agent": headers.get(b"user-agent", ""),
        },
    )
    try:
        if stage.settings.latency:
            await asyncio.sleep(stage.settings.latency)
        response = _response(stage, request, found, entry)
        if response.delay and await _client_leaves_within(response.delay, receive):
            return
        await _send(stage, response, scope, receive, send)
        entry.status = response.status or None
    finally:
        stage.log.end(entry)


def _request(scope: Scope, headers: dict[bytes, str]) -> Request:
    query_string = scope["query_string"].decode("latin-1")
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query_string=query_string,
        base_url=f"{scope['scheme']}://{headers.get(b'host', 'localhost')}",
        key=headers.get(b"x-api-key"),
        version=headers.get(b"x-og-api-version"),
    )


def _response(
    stage: Stage, request: Request, found: tuple[str, vendor.Answer] | None, entry: Entry
) -> Response:
    def answer() -> Response:
        try:
            return faults.Response(200, _true_body(stage, request, found))
        except errors.VendorError as error:
            return faults.failed(error)

    fault = stage.faults.due(entry.endpoint, f"{request.path}?{request.query_string}")
    if fault is None:
        return answer()
    entry.fault = fault.fault
    return faults.apply(fault, request, answer)


def _true_body(stage: Stage, request: Request, found: tuple[str, vendor.Answer] | None) -> bytes:
    limit = stage.settings.requests_per_minute
    if limit is not None and stage.log.in_last_minute() > limit:
        raise errors.rate_limited()
    if not request.path.endswith("/") and stage.settings.slashless == "redirect":
        query = f"?{request.query_string}" if request.query_string else ""
        location = f"{request.base_url}{request.path}/{query}"
        raise errors.VendorError(301, {}, (("location", location),))
    if found is None or not request.path.endswith("/"):
        raise errors.not_found()
    vendor.authenticate(stage.settings, request)
    if request.method != "GET":
        raise errors.method_not_allowed(request.method)
    return found[1](stage.world, stage.settings, request)


async def _client_leaves_within(seconds: float, receive: Receive) -> bool:
    """Wait, but not for a client that hung up: it no longer counts as in flight."""

    async def left() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(left(), seconds)
    except TimeoutError:
        return False
    return True


async def _send(
    stage: Stage, response: Response, scope: Scope, receive: Receive, send: Send
) -> None:
    date = http_date(int(stage.world.clock.now().timestamp()))
    if response.wire != "whole":
        await _break_connection(response, date, scope, receive)
        return
    headers = [(k.encode(), v.encode("latin-1")) for k, v in response.headers]
    headers.append((b"date", date))
    headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def _break_connection(
    response: Response, date: bytes, scope: Scope, receive: Receive
) -> None:
    transport: asyncio.Transport = scope["extensions"][TRANSPORT]["transport"]
    if response.wire != "refuse":
        length = len(response.body) + response.delta
        transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: %b\r\n"
            b"content-length: %d\r\n\r\n" % (date, max(length, 0))
        )
        half = len(response.body) // 2 if response.wire == "reset" else len(response.body)
        transport.write(response.body[:half])
    if response.wire == "misdeclared":
        transport.close()
    else:
        # Let the half page leave, then reset: a plain close would be a polite end.
        await asyncio.sleep(0)
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


@lru_cache(maxsize=8)
def http_date(second: int) -> bytes:
    """Write the `Date` header of a Unix *second*."""
    return formatdate(second, usegmt=True).encode()
