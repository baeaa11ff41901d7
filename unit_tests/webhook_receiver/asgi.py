"""One request straight into an ASGI application, part by part: no client would send such bytes."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message

HANG_UP = None
"""A part after which the sender is gone."""

SILENCE = ""
"""A part after which the sender sends nothing, but stays."""


@dataclass
class Answer:
    """What the application said, and how much of the request it had read by then."""

    status: int
    parts_read: int


async def post(
    app: ASGIApp, headers: list[tuple[bytes, bytes]], parts: Iterable[bytes | str | None]
) -> Answer:
    """Send a webhook whose body comes in *parts*."""
    answer = Answer(status=0, parts_read=0)
    coming = iter(parts)

    async def receive() -> Message:
        part = next(coming, b"")
        answer.parts_read += 1
        if part is HANG_UP:
            return {"type": "http.disconnect"}
        if part is SILENCE:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": part, "more_body": part != b""}

    async def send(message: Message) -> None:
        answer.status = message.get("status", answer.status)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/webhooks/ordergroove",
        "query_string": b"",
        "headers": headers,
    }
    await app(scope, receive, send)
    return answer
