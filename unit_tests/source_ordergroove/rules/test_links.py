"""The key goes to one origin: no `next` link, however it is spelled, leads anywhere else."""

from urllib.parse import parse_qsl, urlencode

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3.util import parse_url

from source_ordergroove.rules.links import ForeignLinkError, missing_params, origin, pinned

BASE = "https://restapi.ordergroove.com/orders/"
HOST = "restapi.ordergroove.com"

# Pieces that URL parsers are known to read differently.
pieces = st.sampled_from(
    [
        *(
            "https:",
            "http:",
            "HTTPS:",
            "ftp:",
            "//",
            "/",
            "\\",
            "@",
            ":",
            "?",
            "#",
            ".",
            "..",
            "%2f",
        ),
        *(HOST, HOST.upper(), "evil.example", "127.0.0.1", "[::1]", "443", "80", "8443", "0"),
        *("user:pass", "cursor=abc", " ", "\t", "\n", "\x00", "%00", "\u3002", "\uff0f", "orders"),
    ]
)
crafted = st.lists(pieces, max_size=8).map("".join)
anchored = st.tuples(st.sampled_from([f"https://{HOST}", "//", "https://", ""]), crafted).map(
    "".join
)


def reached(url: str) -> tuple[str | None, str | None, int]:
    """Return scheme, host and port that a request for *url* would connect to."""
    prepared = requests.Request("GET", url).prepare().url
    parts = parse_url(prepared or "")
    return parts.scheme, parts.host, parts.port or {"https": 443, "http": 80}[parts.scheme or ""]


@given(crafted | anchored | st.text())
@example(f"https://evil.example\\@{HOST}/orders/")
@example(f"https://{HOST}\\@evil.example/orders/")
@example(f"https://{HOST}@evil.example/")
@example(f"https://{HOST}.evil.example/")
@example(f"//evil.example/{HOST}")
@example(f"\t//evil.example/{HOST}")
@example(f"https://evil.example#@{HOST}/")
@example(f"https://{HOST}:80/")
@example(f"https://{HOST}:99999/")
@example(f"http://{HOST}:80/orders/:80/")
def test_pinned_link_connects_to_the_base_and_nowhere_else(link: str) -> None:
    """Judged by the parser that opens the connection, which need not be the one that pins."""
    try:
        url = pinned(BASE, link)
        target = reached(url)
    except (ForeignLinkError, requests.RequestException):
        return

    assert target == ("https", HOST, 443)


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        (f"https://{HOST}/orders/?cursor=a%3D%3D", f"https://{HOST}/orders/?cursor=a%3D%3D"),
        (f"https://{HOST}:443/orders/?cursor=a", f"https://{HOST}:443/orders/?cursor=a"),
        (f"HTTPS://{HOST.upper()}/orders/", f"https://{HOST.upper()}/orders/"),
        ("/orders/?cursor=a", f"https://{HOST}/orders/?cursor=a"),
        ("?cursor=a", f"https://{HOST}/orders/?cursor=a"),
        (f"//{HOST}/items/", f"https://{HOST}/items/"),
        # What a proxy that ends TLS makes of it.
        (f"http://{HOST}/orders/?cursor=a", f"https://{HOST}/orders/?cursor=a"),
        (f"http://{HOST}:80/orders/?cursor=a", f"https://{HOST}/orders/?cursor=a"),
    ],
)
def test_link_of_the_vendor_is_followed(link: str, followed: str) -> None:
    assert pinned(BASE, link) == followed


@pytest.mark.parametrize(
    ("base", "link", "named"),
    [
        (BASE, "https://evil.example/orders/?cursor=a", "https://evil.example:443"),
        (BASE, "http://evil.example/orders/?cursor=a", "http://evil.example:80"),
        (BASE, f"https://{HOST}:8443/orders/", f"https://{HOST}:8443"),
        (BASE, f"http://{HOST}:8080/orders/", f"http://{HOST}:8080"),
        (BASE, f"ftp://{HOST}/orders/", f"ftp://{HOST}:None"),
        (f"https://{HOST}:8443/", f"http://{HOST}/orders/", f"http://{HOST}:80"),
        ("http://127.0.0.1:8000/", "https://127.0.0.1:8000/", "https://127.0.0.1:8000"),
        (BASE, f"https://user:secret@{HOST}.evil.example/", f"https://{HOST}.evil.example:443"),
        (BASE, f"https://{HOST}:99999/", "a link that is no URL"),
        (BASE, "https://[::1/", "a link that is no URL"),
    ],
)
def test_link_elsewhere_is_refused_naming_its_host_alone(base: str, link: str, named: str) -> None:
    with pytest.raises(ForeignLinkError) as refusal:
        pinned(base, link)

    assert str(refusal.value) == named


def test_origin_fills_in_the_default_port_and_lowers_the_host() -> None:
    assert origin(f"https://{HOST.upper()}/a?b#c") == ("https", HOST, 443)
    assert origin("http://127.0.0.1/") == ("http", "127.0.0.1", 80)
    assert origin("http://127.0.0.1:8000/") == ("http", "127.0.0.1", 8000)


names = st.sampled_from(["page_size", "updated_start", "status", "cursor", "allow_discontinued"])
params = st.dictionaries(names, st.text(max_size=5))


@given(carried=params, wanted=params)
def test_link_and_missing_parameters_make_each_parameter_once(
    carried: dict[str, str], wanted: dict[str, str]
) -> None:
    """What the link carries stays as the vendor wrote it; the rest is added."""
    added = missing_params(f"{BASE}?{urlencode(carried)}", wanted)

    assert {**wanted, **carried} == {**added, **carried}
    assert added.keys().isdisjoint(carried)


def test_parameter_that_the_link_carries_empty_counts_as_carried() -> None:
    assert missing_params(f"{BASE}?cursor=a&page_size=", {"page_size": "100"}) == {}


def test_prepared_request_repeats_no_parameter() -> None:
    link = f"{BASE}?cursor=a&page_size=10"
    wanted = missing_params(link, {"page_size": "100", "status": "1"})

    url = requests.Request("GET", link, params=wanted).prepare().url or ""

    assert parse_qsl(url.partition("?")[2]) == [
        ("cursor", "a"),
        ("page_size", "10"),
        ("status", "1"),
    ]
