"""The key goes to the configured scheme, host and port: with a request, and by no redirect."""

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.components.attempts import ATTEMPTS
from source_ordergroove.components.pinned_api_key import PinnedApiKey

KEY = "a-key-long-enough-to-be-recognised"
URL = "https://restapi.ordergroove.com/orders/"


def authenticator(prefix: str = "") -> PinnedApiKey:
    return PinnedApiKey(
        config={"api_key": KEY, "host": "https://restapi.ordergroove.com"},
        parameters={"endpoint": "/orders/"},
        header="x-api-key",
        api_key="{{ config['api_key'] }}",
        base_url="{{ config['host'] }}{{ parameters['endpoint'] }}",
        prefix=prefix,
    )


def request(url: str = URL) -> requests.PreparedRequest:
    return requests.Request("GET", url).prepare()


def redirect(location: str, status: int = 302) -> requests.Response:
    """A response to a request for `URL`."""
    response = requests.Response()
    response.status_code = status
    response.url = URL
    response.headers["location"] = location
    return response


def follow(location: str, status: int = 302) -> None:
    """Do what `requests` does with a redirect before it follows: call the response hooks."""
    signed = authenticator()(request())
    for hook in signed.hooks["response"]:
        hook(redirect(location, status), timeout=1)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://restapi.ordergroove.com:443/orders/?cursor=a",
        "https://RESTAPI.ordergroove.com/anything",
    ],
)
def test_request_to_the_host_is_signed(url: str) -> None:
    signed = authenticator()(request(url))

    assert signed.headers["x-api-key"] == KEY


def test_prefix_precedes_the_key() -> None:
    assert authenticator("Bearer ")(request()).headers["x-api-key"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evil.example/orders/", "evil.example"),
        ("http://restapi.ordergroove.com/orders/", "restapi.ordergroove.com"),
        ("https://restapi.ordergroove.com:8443/orders/", "restapi.ordergroove.com"),
        ("https://restapi.ordergroove.com.evil.example/", "restapi.ordergroove.com.evil.example"),
        ("https://evil.example\\@restapi.ordergroove.com/", "evil.example"),
    ],
)
def test_request_elsewhere_is_refused_without_the_key(url: str, host: str) -> None:
    unsigned = request(url)

    with pytest.raises(AirbyteTracedException) as refusal:
        authenticator()(unsigned)

    assert refusal.value.failure_type == FailureType.system_error
    assert f"another host ({host})" in str(refusal.value.message)
    assert KEY not in str(unsigned.headers)


@pytest.mark.parametrize(
    "location",
    [
        URL,
        "/orders/?page=2",
        "?page=2",
        "//restapi.ordergroove.com/",
        "https://RESTAPI.ordergroove.com/",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_on_the_host_is_left_to_be_followed(location: str, status: int) -> None:
    follow(location, status)


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/orders/",
        "//evil.example/orders/",
        "http://restapi.ordergroove.com/orders/",
        "https://restapi.ordergroove.com:8443/orders/",
        "https://restapi.ordergroove.com\\@evil.example/orders/",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_elsewhere_is_refused(location: str, status: int) -> None:
    """Before it is followed: `requests` would take the header along."""
    with pytest.raises(AirbyteTracedException) as refusal:
        follow(location, status)

    assert refusal.value.failure_type == FailureType.system_error
    assert "a redirect to another host" in str(refusal.value.message)


def test_answer_that_is_no_redirect_may_name_a_location() -> None:
    follow("https://evil.example/", status=201)


def test_retry_is_counted_and_not_signed_twice() -> None:
    """The CDK signs a request again for each attempt."""
    sign, made = authenticator(), ATTEMPTS.made
    signed = sign(sign(request()))

    assert ATTEMPTS.made - made == 2
    assert signed.headers["x-api-key"] == KEY
    assert len(signed.hooks["response"]) == 1


def test_nothing_is_added_to_a_request_whose_url_is_not_known() -> None:
    assert authenticator().get_auth_header() == {}
