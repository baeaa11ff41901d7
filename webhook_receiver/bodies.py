"""Bodies read within limits: per request, per process, and in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

from webhook_receiver.errors import BodyNotReceivedError, BodyTooLargeError, OverloadedError

MOST_BYTES_HELD = 64 * 1024 * 1024
"""All bodies in memory together, from their first byte until they are answered."""

BODY_SECONDS = 10
"""Longest wait for a whole body: the vendor itself gives up after 5."""


class BodyReader:
    """Reads the bodies of one process."""

    def __init__(self, most_bytes: int, most_bytes_held: int = MOST_BYTES_HELD) -> None:
        self._most_bytes = most_bytes
        self._most_bytes_held = most_bytes_held
        self._held = 0

    @asynccontextmanager
    async def reading(self, request: Request) -> AsyncIterator[bytes]:
        """Give the whole body of *request*, and count it as held until the block ends.

        The limits are checked before a part is kept, whatever length the request declares.

        Raises:
            BodyTooLargeError: it is longer than allowed.
            OverloadedError: it does not fit beside the bodies already held.
            BodyNotReceivedError: it is too slow, or the sender hung up.

        """
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                async for part in request.stream():
                    self._admit(part, len(body))
                    body += part
            yield bytes(body)
        except TimeoutError:
            raise BodyNotReceivedError(f"The body did not arrive in {BODY_SECONDS} s.") from None
        except ClientDisconnect:
            raise BodyNotReceivedError("The sender hung up before the end of the body.") from None
        finally:
            self._held -= len(body)

    def _admit(self, part: bytes, already: int) -> None:
        if already + len(part) > self._most_bytes:
            raise BodyTooLargeError(f"The body is longer than {self._most_bytes} bytes.")
        if self._held + len(part) > self._most_bytes_held:
            raise OverloadedError("Too much is waiting to be stored; send this again later.")
        self._held += len(part)
