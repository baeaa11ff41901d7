"""Bytes nobody meant: never a 5xx, never stored."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from unit_tests.webhook_receiver import builders
from unit_tests.webhook_receiver.asgi import post
from unit_tests.webhook_receiver.builders import KEY, envelope, signature
from webhook_receiver.app import create_app
from webhook_receiver.signature import sign
from webhook_receiver.store import Store

PATH = "/webhooks/ordergroove"
REFUSALS = {400, 401, 408, 413}

header_bytes = st.binary().map(lambda raw: raw.replace(b"\r", b"").replace(b"\n", b""))
header_parts = st.sampled_from(
    ["ts", "sig", "=", ",", " ", "1772438400", "9" * 30, "-1", "\u00e9", "0" * 64, "ts=1,sig="]
)
scheme_like = st.lists(header_parts).map(lambda parts: "".join(parts).encode("latin-1"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    file = tmp_path_factory.mktemp("fuzz") / "webhooks.db"
    with Store.open(builders.settings(file).database_url) as store:
        yield store


@pytest.fixture(scope="module")
def app(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Starlette:
    settings = builders.settings(tmp_path_factory.getbasetemp(), MAX_BODY_BYTES="1024")
    return create_app(settings, store)


@given(
    headers=st.lists(st.tuples(st.just(b"ordergroove-signature"), header_bytes | scheme_like)),
    parts=st.lists(st.binary(max_size=600) | st.none(), max_size=4),
)
def test_unsigned_request_is_refused(
    app: Starlette,
    store: Store,
    headers: list[tuple[bytes, bytes]],
    parts: list[bytes | None],
) -> None:
    """Any headers, any body in any parts, with or without hanging up."""
    answer = asyncio.run(post(app, headers, parts))

    assert answer.status in REFUSALS
    assert answer.parts_read <= len(parts) + 1
    assert store.page(0, 1).events == ()


@given(body=st.binary(max_size=2000) | json_values.map(lambda value: json.dumps(value).encode()))
def test_signed_request_without_an_event_is_refused(
    app: Starlette, store: Store, body: bytes
) -> None:
    """Ordergroove's own signature over anything: still a refusal, not a failure."""
    signed = f"ts=1,sig={sign(KEY.encode(), '1', body)}".encode()

    answer = asyncio.run(post(app, [(b"ordergroove-signature", signed)], [body]))

    assert answer.status == (413 if len(body) > 1024 else 400)
    assert store.page(0, 1).events == ()


@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]),
    path=st.sampled_from(["/", PATH, "/events", "/events/", "/healthz", "/readyz"]),
    query=st.dictionaries(st.sampled_from(["after", "page_size", "x"]), st.text()),
    authorization=st.just(f"Bearer {builders.TOKEN}") | st.text(st.characters(max_codepoint=255)),
)
def test_any_request_has_an_answer_below_500(
    fuzzed: TestClient, method: str, path: str, query: dict[str, str], authorization: str
) -> None:
    headers = {b"Authorization": authorization.encode("latin-1")}

    assert fuzzed.request(method, path, params=query, headers=headers).status_code < 500


@pytest.fixture(scope="module")
def fuzzed(app: Starlette) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_the_same_application_takes_a_good_event(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Else the refusals above would prove nothing."""
    settings = builders.settings(tmp_path_factory.mktemp("good") / "webhooks.db")
    body = envelope("good")
    with (
        Store.open(settings.database_url) as store,
        TestClient(create_app(settings, store)) as client,
    ):
        assert client.post(PATH, content=body, headers=signature(body)).status_code == 200
