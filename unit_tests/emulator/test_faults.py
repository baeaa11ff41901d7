"""Each fault as a client meets it, over a real socket."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from emulator.server import Running


@pytest.fixture
def http(live: Running) -> Iterator[httpx2.Client]:
    headers = {"x-api-key": live.api_key, "X-OG-API-VERSION": "2"}
    with httpx2.Client(base_url=live.url, headers=headers, timeout=5) as client:
        yield client


def set_faults(http: httpx2.Client, *faults: dict[str, Any]) -> None:
    assert http.put("/_emulator/faults", json=list(faults)).status_code == 200


def logged(http: httpx2.Client) -> list[tuple[str | None, int | None]]:
    """Fault and status of each vendor request so far."""
    return [(e["fault"], e["status"]) for e in http.get("/_emulator/requests").json()]


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "body"),
    [
        (
            {"fault": "rate_limited"},
            429,
            "application/json",
            '{"detail":"Request was throttled."}',
        ),
        ({"fault": "server_error"}, 500, "text/html", ""),
        ({"fault": "server_error", "status": 503, "body": "down"}, 503, "text/html", "down"),
        (
            {"fault": "locked"},
            423,
            "application/json",
            '{"detail":"Resource currently in use, try again shortly."}',
        ),
        (
            {"fault": "error_object"},
            200,
            "application/json",
            '{"detail":"Something went wrong."}',
        ),
        ({"fault": "missing_results"}, 200, "application/json", '{"next":null}'),
        (
            {"fault": "empty_list"},
            200,
            "application/json",
            '{"next":null,"previous":null,"results":[]}',
        ),
        (
            {"fault": "key_revoked"},
            403,
            "application/json",
            '{"detail":"Authentication Failed"}',
        ),
        (
            {"fault": "key_revoked", "status": 401},
            401,
            "application/json",
            '{"detail":"Authentication Failed"}',
        ),
    ],
)
def test_faults_that_replace_the_answer(
    http: httpx2.Client, fault: dict[str, Any], status: int, content_type: str, body: str
) -> None:
    set_faults(http, fault)
    response = http.get("/orders/")
    assert response.status_code == status
    assert response.headers["content-type"] == content_type
    assert response.text == body
    assert logged(http) == [(fault["fault"], status)]


def test_a_rate_limit_says_when_to_return_only_if_told_to(http: httpx2.Client) -> None:
    set_faults(
        http, {"fault": "rate_limited", "times": 1}, {"fault": "rate_limited", "retry_after": 7}
    )
    assert "retry-after" not in http.get("/orders/").headers
    assert http.get("/orders/").headers["retry-after"] == "7"


def test_html_comes_with_status_200(http: httpx2.Client) -> None:
    set_faults(http, {"fault": "html"})
    response = http.get("/orders/")
    assert (response.status_code, response.headers["content-type"]) == (
        200,
        "text/html; charset=utf-8",
    )
    assert response.text.startswith("<!doctype html>")


def test_truncated_json_is_valid_http(http: httpx2.Client) -> None:
    whole = http.get("/orders/").content
    set_faults(http, {"fault": "truncated_json"})
    response = http.get("/orders/")
    assert response.status_code == 200
    assert response.content == whole[: len(whole) // 2]


def test_a_reset_comes_in_the_middle_of_the_body(http: httpx2.Client) -> None:
    set_faults(http, {"fault": "reset_mid_body", "times": 1})
    received: list[bytes] = []
    with http.stream("GET", "/orders/?page_size=100") as response:
        assert response.status_code == 200
        with pytest.raises(httpx2.ReadError):
            received.extend(response.iter_raw())
    whole = http.get("/orders/?page_size=100")
    assert 0 < sum(map(len, received)) < len(whole.content) == int(whole.headers["content-length"])
    assert logged(http) == [("reset_mid_body", 200), (None, 200)]


def test_a_refused_connection_gets_no_answer(http: httpx2.Client) -> None:
    set_faults(http, {"fault": "refuse", "times": 1})
    with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
        http.get("/orders/")
    assert http.get("/orders/").status_code == 200
    assert logged(http) == [("refuse", None), (None, 200)]


def test_a_wrong_content_length_promises_more_than_comes(http: httpx2.Client) -> None:
    set_faults(http, {"fault": "wrong_content_length", "times": 1})
    with pytest.raises(httpx2.RemoteProtocolError) as broken:
        http.get("/orders/")
    length = len(http.get("/orders/").content)
    assert f"(received {length} bytes, expected {length + 100})" in str(broken.value)


def test_a_wrong_content_length_can_cut_the_body(http: httpx2.Client) -> None:
    whole = http.get("/orders/").content
    set_faults(http, {"fault": "wrong_content_length", "delta": -5, "times": 1})
    assert http.get("/orders/").content == whole[:-5]


def test_a_slow_answer_outlasts_an_impatient_client_and_then_counts_no_longer(
    http: httpx2.Client,
) -> None:
    set_faults(http, {"fault": "slow", "seconds": 60, "times": 1})
    with pytest.raises(httpx2.ReadTimeout):
        http.get("/orders/", timeout=0.05)
    http.get("/orders/")
    entries = http.get("/_emulator/requests").json()
    assert [(e["fault"], e["status"]) for e in entries] == [("slow", None), (None, 200)]
    assert entries[0]["ended"] is not None


def test_a_slow_answer_is_whole(http: httpx2.Client) -> None:
    whole = http.get("/orders/").content
    set_faults(http, {"fault": "slow", "seconds": 0.01})
    assert http.get("/orders/").content == whole


def follow(http: httpx2.Client, url: str, count: int) -> list[str]:
    """Return the first ids of the pages from *url* on, at most *count* of them."""
    pages = []
    for _ in range(count):
        page = http.get(url).json()
        pages.append(page["results"][0]["public_id"])
        if page["next"] is None:
            break
        url = page["next"]
    return pages


@pytest.mark.parametrize("length", [1, 2])
def test_a_repeated_cursor_leads_round_in_a_circle(http: httpx2.Client, length: int) -> None:
    straight = follow(http, "/orders/", 4)
    set_faults(http, {"fault": "repeated_cursor", "length": length})
    circle = follow(http, "/orders/", 7)
    loop = straight[1 : 1 + length]
    assert circle == [straight[0], *(loop * 6)[:6]]


def test_the_next_page_can_be_on_another_host(http: httpx2.Client) -> None:
    set_faults(http, {"fault": "foreign_next"})
    page = http.get("/orders/?page_size=2").json()
    assert page["next"] == "https://attacker.example/orders/?page_size=2"
    assert len(page["results"]) == 2
    set_faults(http, {"fault": "foreign_next", "host": "http://127.0.0.1:1"})
    assert http.get("/resources/").json()["next"] == "http://127.0.0.1:1/resources/?"


def test_a_redirect_leads_to_another_host(http: httpx2.Client) -> None:
    set_faults(http, {"fault": "redirect"})
    response = http.get("/orders/?page_size=2")
    assert response.status_code == 302
    assert (
        response.headers["location"] == "https://attacker.example/orders/?page_size=2&redirected=1"
    )


def test_a_redirect_to_the_same_host_leads_to_the_true_answer(http: httpx2.Client) -> None:
    whole = http.get("/orders/?page_size=2").json()["results"]
    set_faults(http, {"fault": "redirect", "host": "same"})
    response = http.get("/orders/?page_size=2", follow_redirects=True)
    assert [r.status_code for r in response.history] == [302]
    assert response.json()["results"] == whole


def test_a_fault_waits_its_turn_and_ends(http: httpx2.Client) -> None:
    set_faults(http, {"fault": "server_error", "path": "orders", "after": 2, "times": 2})
    statuses = [http.get("/orders/").status_code for _ in range(6)]
    assert statuses == [200, 200, 500, 500, 200, 200]
    assert http.get("/items/").status_code == 200


@pytest.mark.parametrize(
    ("path", "hit"),
    [
        ("orders", ["/orders/", "/orders/?status=1"]),
        ("status=1", ["/orders/?status=1", "/items/?status=1"]),
        ("products/relationships", ["/products/48398751430001/relationships/"]),
        ("^/(items|products)/\\?", ["/items/?status=1", "/products/"]),
    ],
)
def test_a_fault_is_aimed_at_an_endpoint_or_by_a_pattern(
    http: httpx2.Client, path: str, hit: list[str]
) -> None:
    set_faults(http, {"fault": "locked", "path": path})
    targets = [
        "/orders/",
        "/orders/?status=1",
        "/items/?status=1",
        "/products/",
        "/products/48398751430001/relationships/",
    ]
    assert [t for t in targets if http.get(t).status_code == 423] == hit


def test_the_first_fault_that_is_due_wins_and_all_count(http: httpx2.Client) -> None:
    set_faults(http, {"fault": "locked", "times": 1}, {"fault": "server_error", "after": 1})
    assert [http.get("/orders/").status_code for _ in range(3)] == [423, 500, 500]
    state = http.get("/_emulator/faults").json()["faults"]
    assert [(f["seen"], f["fired"]) for f in state] == [(3, 1), (3, 2)]
    http.delete("/_emulator/faults")
    assert http.get("/orders/").status_code == 200


def test_a_fault_that_could_never_fire_is_refused(http: httpx2.Client) -> None:
    refused = http.put("/_emulator/faults", json=[{"fault": "meteorite"}])
    assert refused.status_code == 400
    assert refused.json()["error"].startswith("There is no fault `meteorite`. Known: empty_list,")
    refused = http.put("/_emulator/faults", json=[{"fault": "slow", "path": "("}])
    assert refused.json()["error"].startswith("`path` of the fault `slow` is no regular expression")
