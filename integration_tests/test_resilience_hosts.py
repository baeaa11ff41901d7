"""The key, and every request, stay with the configured host."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import requests

from integration_tests.harness import connector
from integration_tests.harness.clocks import without_waiting
from integration_tests.harness.replica import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.server import Running


class Recorder(ThreadingHTTPServer):
    """Another server, which remembers the headers that it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[dict[str, str]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    server: Recorder

    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"next": null, "results": []}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[Recorder]:
    with Recorder() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_other_server_sees_a_key_that_is_sent_to_it(elsewhere: Recorder) -> None:
    """Or the tests below would prove nothing."""
    requests.get(elsewhere.url, headers={"x-api-key": "k"}, timeout=5)

    assert [seen["x-api-key"] for seen in elsewhere.seen] == ["k"]


@pytest.mark.parametrize("fault", ["foreign_next", "redirect"])
@pytest.mark.parametrize(
    "host",
    [
        "http://127.0.0.1:{port}",
        "//127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://127.0.0.1:{own}@127.0.0.1:{port}",
        "http://127.0.0.1:{own}\\@127.0.0.1:{port}",
        "http://127.0.0.1:{port}\\@127.0.0.1:{own}",
    ],
)
def test_no_link_leads_there(
    emulator: Running, config: dict[str, str], elsewhere: Recorder, fault: str, host: str
) -> None:
    """In whatever spelling; that of its own host in another's user name may be followed."""
    own = emulator.url.rpartition(":")[2]
    link = host.format(port=elsewhere.port, own=own)
    emulator.stage.faults.replace([{"fault": fault, "host": link, "path": "customers", "times": 1}])

    with without_waiting():
        output = connector.run("read", config=config, catalog=catalog(["customer", "resources"]))

    assert elsewhere.seen == []
    assert output.statuses["resources"] == "COMPLETE"
    if output.statuses["customer"] != "COMPLETE":
        ((kind, message),) = set(output.failures("customer"))
        assert kind == "system_error"
        assert "so that the API key stays with Ordergroove" in message
    else:
        assert (fault, host) == ("redirect", "http://127.0.0.1:{port}\\@127.0.0.1:{own}")
