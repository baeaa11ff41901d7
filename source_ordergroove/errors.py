"""Every failure of the connector, in the words of its user.

Three remedies, three failure types of the Airbyte protocol:

* config_error: the user changes something (key, permission, selection, setting);
* transient_error: trying again later may help (the vendor is down, a page is broken);
* system_error: neither helps (the vendor breaks its own protocol, or a bug of ours).

The message is for the user and says what to do; the internal message is for the log and holds
values, never personal data.
"""

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


class UnreadablePageError(AirbyteTracedException):
    """Something answers with status 200, but not with pages."""


class ForeignHostError(AirbyteTracedException):
    """The vendor's answer leads to another host; raised deep inside the CDK's requester."""


def vendor_unavailable(stream: str, cause: AirbyteTracedException) -> AirbyteTracedException:
    """Every attempt of the retry policy failed: outage, timeouts, rate limit without end."""
    return AirbyteTracedException(
        message=(
            f"Ordergroove did not answer for stream {stream}, in several attempts over some "
            "minutes. Rows read so far are safe; the next sync goes on from there. If it lasts, "
            "check Ordergroove's status page and the network of this machine."
        ),
        internal_message=cause.internal_message or cause.message,
        failure_type=FailureType.transient_error,
        exception=cause,
    )


def unexpected_refusal(stream: str, what: str) -> AirbyteTracedException:
    """The vendor refused a request for a reason that is not access (a 400, say)."""
    return AirbyteTracedException(
        message=(
            f"Ordergroove refused a request for stream {stream} in a way this connector does not "
            "know. Please report it with the log of this sync."
        ),
        internal_message=f"stream {stream}: {what}",
        failure_type=FailureType.system_error,
    )


def unreadable_page(stream: str, page: int, what: str) -> UnreadablePageError:
    """An answer with status 200 that is no page, after several attempts."""
    return UnreadablePageError(
        message=(
            f"Page {page} of stream {stream} cannot be read: {what}. Nothing was taken from it; "
            "the next sync tries again. If it lasts, ask Ordergroove's support about the endpoint."
        ),
        internal_message=f"stream {stream}, page {page}: {what}",
        failure_type=FailureType.transient_error,
    )


def key_refused(environment: str) -> AirbyteTracedException:
    """A key that is wrong, revoked or of the other environment (401, or 403 by its body)."""
    return AirbyteTracedException(
        message=(
            f"Ordergroove's {environment} environment refused the API key. A key belongs to one "
            'environment and can be revoked: check the setting "Environment", or create a key '
            'with "Allow bulk queries" in Ordergroove under Developers > API Keys '
            "(rc3.ordergroove.com/keys for production, rc3.stg.ordergroove.com/keys for staging)."
        ),
        internal_message=f"key refused by {environment}",
        failure_type=FailureType.config_error,
    )


def endpoint_forbidden(stream: str, endpoint: str) -> AirbyteTracedException:
    """The key is known but may not read this list."""
    return AirbyteTracedException(
        message=(
            f"Ordergroove does not let this API key read {endpoint} (stream {stream}). Switch on "
            '"Allow bulk queries" for the key (Developers > API Keys); if it is on, this merchant '
            "has no access to the endpoint: deselect its streams or ask Ordergroove."
        ),
        internal_message=f"403 for {endpoint}",
        failure_type=FailureType.config_error,
    )


def receiver_refused(status: int) -> AirbyteTracedException:
    """The webhook receiver does not know the token, or another service answers there."""
    return AirbyteTracedException(
        message=(
            f"The webhook receiver answered {status}. Check the setting webhook_receiver: the URL "
            "without /events, and the token that the service has as WEBHOOK_EVENTS_TOKEN."
        ),
        internal_message=f"webhook receiver: status {status} for /events",
        failure_type=FailureType.config_error,
    )


def endpoint_missing(stream: str, endpoint: str) -> AirbyteTracedException:
    """The list itself is a 404: this merchant does not have the feature."""
    return AirbyteTracedException(
        message=(
            f"Ordergroove has no endpoint {endpoint} for this merchant, so stream {stream} cannot "
            "be read. Deselect the stream, or ask Ordergroove to enable it."
        ),
        internal_message=f"404 for {endpoint}",
        failure_type=FailureType.config_error,
    )


def repeated_cursor(stream: str, page: int) -> AirbyteTracedException:
    """A page leads back to one that was read already: following it would never end."""
    return AirbyteTracedException(
        message=(
            f"Ordergroove's page {page} of stream {stream} leads back to an earlier page. The "
            "stream was stopped rather than read in circles; please report it to Ordergroove."
        ),
        internal_message=f"stream {stream}: the cursor of page {page} was followed before",
        failure_type=FailureType.system_error,
    )


def foreign_link(what: str, host: str) -> ForeignHostError:
    """A link or a redirect leads away from the configured host.

    A link made to steal a key may well quote it in the name of its host.
    """
    host = filter_secrets(host)
    return ForeignHostError(
        message=(
            f"Ordergroove's answer contains {what} to another host ({host}). It was not followed, "
            "so that the API key stays with Ordergroove. Check the environment setting and any "
            "proxy in between."
        ),
        internal_message=f"{what} to {host} refused",
        failure_type=FailureType.system_error,
    )


def lost_cursor(stream: str) -> AirbyteTracedException:
    """The vendor forgot the position of a walk more than once."""
    return AirbyteTracedException(
        message=(
            f"Ordergroove lost the place in the list of stream {stream} twice in one sync. The "
            "next sync starts that list anew."
        ),
        internal_message=f"stream {stream}: 404 for a cursor, again after one restart",
        failure_type=FailureType.transient_error,
    )


def row_without_key(stream: str, column: str) -> AirbyteTracedException:
    """A row that cannot be told from others."""
    return AirbyteTracedException(
        message=(
            f"Ordergroove sent a row of stream {stream} without `{column}`, which identifies it. "
            "Writing it would corrupt the table; please report it."
        ),
        internal_message=f"stream {stream}: primary key column {column} is missing",
        failure_type=FailureType.system_error,
    )


def unavailable_stream(stream: str) -> AirbyteTracedException:
    """A stream of the catalog that this version or these settings do not offer."""
    return AirbyteTracedException(
        message=(
            f"Stream {stream} is not available with these settings. Refresh the source's schema, "
            "or deselect the stream."
        ),
        internal_message=f"stream {stream} is selected but not offered",
        failure_type=FailureType.config_error,
    )


def failed_streams(failures: dict[str, AirbyteTracedException]) -> AirbyteTracedException:
    """Streams failed although the CDK saw their walk end well; makes the exit code tell it."""
    names = ", ".join(sorted(failures))
    types = {error.failure_type for error in failures.values()}
    return AirbyteTracedException(
        message=f"These streams could not be read completely: {names}. The others are complete.",
        internal_message="; ".join(f"{n}: {e.internal_message}" for n, e in failures.items()),
        failure_type=types.pop() if len(types) == 1 else FailureType.transient_error,
    )


def wrong_setting(name: str, what: str) -> AirbyteTracedException:
    """A value of the configuration that cannot be used."""
    return AirbyteTracedException(
        message=f"The setting `{name}` cannot be used: {what}.",
        internal_message=f"{name}: {what}",
        failure_type=FailureType.config_error,
    )
