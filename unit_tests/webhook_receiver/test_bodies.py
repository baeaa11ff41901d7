"""A body never costs more memory than its limit, whatever the sender claims or keeps sending."""

import asyncio
from collections.abc import Iterable
from itertools import repeat
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from unit_tests.webhook_receiver.asgi import HANG_UP, SILENCE, Answer, post
from unit_tests.webhook_receiver.builders import FlakyStore, signature
from webhook_receiver.app import create_app
from webhook_receiver.bodies import BodyReader
from webhook_receiver.errors import OverloadedError
from webhook_receiver.settings import Settings

SIGNED = [(b"ordergroove-signature", signature(b"")["Ordergroove-Signature"].encode())]


@pytest.fixture
def app(settings: Settings, store: FlakyStore) -> Starlette:
    """It takes bodies of up to 4,096 bytes. Nothing here gets as far as the store."""
    return create_app(settings, store)


def send(app: Starlette, headers: list[tuple[bytes, bytes]], parts: Iterable[Any]) -> Answer:
    return asyncio.run(post(app, headers, parts))


def test_endless_body_is_read_up_to_the_limit(app: Starlette) -> None:
    """Five parts of 1,000 bytes are what it takes to be above 4,096; a sixth is never asked for."""
    assert send(app, SIGNED, repeat(b"x" * 1000)) == Answer(status=413, parts_read=5)


def test_declared_length_is_not_believed(app: Starlette) -> None:
    headers = [*SIGNED, (b"content-length", b"10")]

    assert send(app, headers, repeat(b"x" * 1000)) == Answer(status=413, parts_read=5)


def test_body_of_exactly_the_limit_is_read(app: Starlette) -> None:
    assert send(app, SIGNED, [b"x" * 4096]) == Answer(status=401, parts_read=2)
    assert send(app, SIGNED, [b"x" * 4097]) == Answer(status=413, parts_read=1)


def test_body_without_a_signature_is_not_read(app: Starlette) -> None:
    assert send(app, [], repeat(b"x")) == Answer(status=401, parts_read=0)


def test_sender_that_hangs_up_is_no_failure_of_ours(app: Starlette) -> None:
    assert send(app, SIGNED, [b"x", HANG_UP]) == Answer(status=408, parts_read=2)


def test_slow_sender_is_given_up(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhook_receiver.bodies.BODY_SECONDS", 0)

    assert send(app, SIGNED, [b"x", SILENCE]) == Answer(status=408, parts_read=2)


def request(size: int) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * size}

    return Request({"type": "http"}, receive)


def test_bodies_together_stay_within_the_process_limit() -> None:
    """What is held counts until it is answered; a refused body holds nothing any more."""

    async def scenario() -> list[int]:
        reader = BodyReader(most_bytes=100, most_bytes_held=150)
        async with reader.reading(request(100)):
            with pytest.raises(OverloadedError):
                async with reader.reading(request(51)):
                    pytest.fail("151 bytes were held")
            async with reader.reading(request(50)) as body:
                assert body == b"x" * 50
        async with reader.reading(request(100)) as first, reader.reading(request(50)) as second:
            return [len(first), len(second)]

    assert asyncio.run(scenario()) == [100, 50]
