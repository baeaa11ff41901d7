"""What is no page ends a walk in an error: nothing but the vendor's own end is a last page."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given, settings
from hypothesis import strategies as st

from source_ordergroove.walk import Leg, LegFailed, Page
from unit_tests.source_ordergroove.components.vendor import (
    LIST,
    URL,
    Answer,
    Vendor,
    answer,
    failure,
    ids,
    page,
    read,
)

PERSONAL = "jane.doe@example.com"

UNREADABLE = [
    pytest.param(answer(raw=f"<html>{PERSONAL}</html>".encode()), "HTML", id="html"),
    pytest.param(answer(raw=b""), "it is empty", id="empty body"),
    pytest.param(answer(raw=page(PERSONAL).content[:-5]), "no complete JSON", id="truncated"),
    pytest.param(answer({"detail": PERSONAL}), "an error message", id="error object"),
    pytest.param(answer({"next": None}), "an envelope without `results`", id="no results"),
    pytest.param(answer({"results": [PERSONAL]}), "a row is text", id="row of text"),
    pytest.param(None, "the requester returned no response", id="no response"),
]


@pytest.mark.parametrize(("bad", "reason"), UNREADABLE)
def test_unreadable_page_fails_the_walk_after_five_attempts(
    bad: requests.Response | None, reason: str, waits: list[float]
) -> None:
    """Saying which page of what and why, and nothing that stood in it."""
    vendor = Vendor([page("1", cursor="b"), *[bad] * 5])

    with pytest.raises(AirbyteTracedException) as error:
        read(vendor, LIST)

    assert error.value.failure_type == FailureType.transient_error
    assert str(error.value.message).startswith("Page 2 of stream orders cannot be read: ")
    assert reason in str(error.value.message)
    assert PERSONAL not in f"{error.value.message}{error.value.internal_message}"
    assert len(vendor.asked) == 6
    assert len(waits) == 4
    assert waits == sorted(waits)


@pytest.mark.parametrize(("bad", "reason"), UNREADABLE)
@pytest.mark.usefixtures("waits")
def test_page_that_becomes_readable_is_delivered_once(
    bad: requests.Response | None, reason: str
) -> None:
    del reason
    vendor = Vendor([page("1", cursor="b"), bad, bad, bad, bad, page("2")])

    events = read(vendor, LIST)

    assert ids(events) == ["1", "2"]
    assert [event.attempts for event in events if isinstance(event, Page)] == [1, 5]
    assert vendor.asked[1:] == [vendor.asked[1]] * 5


@settings(deadline=None)
@given(length=st.integers(1, 12), back_to=st.integers(0, 11))
def test_list_that_leads_back_ends_in_an_error(length: int, back_to: int) -> None:
    """However long the circle: each page is asked for once, the first perhaps by two names."""
    names = [str(n) for n in range(length)]

    def answer_to(link: str | None) -> requests.Response:
        here = parse_qs(urlsplit(link).query)["cursor"][0] if link else "0"
        after = int(here) + 1
        return page(here, cursor=names[after] if after < length else names[back_to % length])

    vendor = Vendor(answer_to)

    with pytest.raises(AirbyteTracedException) as error:
        read(vendor, LIST)

    assert error.value.failure_type == FailureType.system_error
    assert "leads back to an earlier page" in str(error.value.message)
    assert len(vendor.asked) <= length + 1


def test_resumed_list_that_leads_back_to_its_checkpoint_ends_in_an_error() -> None:
    vendor = Vendor([page("3", cursor="b")])

    with pytest.raises(AirbyteTracedException, match="leads back"):
        read(vendor, Leg("list", resume=f"{URL}?cursor=b"))

    assert len(vendor.asked) == 1


def test_link_to_another_host_is_not_followed() -> None:
    evil = "https://evil.example/orders/?cursor=b"
    vendor = Vendor([answer({"next": evil, "results": [{"public_id": "1"}]})])

    with pytest.raises(AirbyteTracedException) as error:
        read(vendor, LIST)

    assert error.value.failure_type == FailureType.system_error
    assert "a link to the next page to another host (https://evil.example:443)" in str(
        error.value.message
    )
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(
    ("refusal", "kind", "words"),
    [
        (answer({"detail": "x"}, status=401), FailureType.config_error, "staging environment"),
        (
            answer({"detail": "Authentication Failed"}, status=403),
            FailureType.config_error,
            "staging environment refused the API key",
        ),
        (
            answer({"detail": "You do not have permission."}, status=403),
            FailureType.config_error,
            "does not let this API key read /orders/ (stream orders)",
        ),
        (
            answer(raw=b"<h1>Forbidden</h1>", status=403),
            FailureType.config_error,
            "does not let this API key read /orders/ (stream orders)",
        ),
        (
            answer({"detail": "Not found."}, status=404),
            FailureType.config_error,
            "no endpoint /orders/ for this merchant, so stream orders cannot be read",
        ),
        (
            failure(FailureType.transient_error),
            FailureType.transient_error,
            "did not answer for stream orders, in several attempts",
        ),
        (
            failure(FailureType.system_error),
            FailureType.system_error,
            "refused a request for stream orders in a way this connector does not know",
        ),
        (failure(FailureType.config_error), FailureType.config_error, "the CDK's words"),
    ],
)
def test_refusal_is_told_in_the_users_words_at_once(
    refusal: Answer, kind: FailureType, words: str, waits: list[float]
) -> None:
    """The requester has retried what a retry can help."""
    vendor = Vendor([refusal])

    with pytest.raises(AirbyteTracedException) as error:
        read(vendor, LIST)

    assert error.value.failure_type == kind
    assert words in str(error.value.message)
    assert (len(vendor.asked), waits) == (1, [])


def test_details_of_a_refusal_stay_in_the_log_message() -> None:
    with pytest.raises(AirbyteTracedException) as error:
        read(Vendor([failure(FailureType.transient_error)]), LIST)

    assert error.value.internal_message == "the CDK's details"


def test_isolated_leg_that_fails_is_an_answer_and_the_walk_goes_on() -> None:
    """More often than pages may wait: a failure gives the room of its page back."""
    legs = [Leg("confirm", path=f"{n}/", single=True, isolated=True) for n in range(9)]
    vendor = Vendor([*[failure(FailureType.transient_error) for _ in legs], page("1")])

    events = read(vendor, *legs, LIST)

    failed = [event for event in events if isinstance(event, LegFailed)]
    assert [event.leg for event in failed] == legs
    assert {event.error.failure_type for event in failed} == {FailureType.transient_error}
    assert ids(events) == ["1"]
