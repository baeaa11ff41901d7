"""The connection check: one row of every endpoint."""

from collections.abc import Iterable, Iterator

from airbyte_cdk.models import AirbyteConnectionStatus, AirbyteMessage, FailureType, Status, Type
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.settings import Settings
from source_ordergroove.walk import Leg, LegAbsent, LegDone, LegFailed, Opening, Page, Walk

#: Ordergroove's own advice for testing a key: list customers.
DECISIVE = "customer"
#: Endpoints that a key reads without "Allow bulk queries": they hold no customer's data.
WITHOUT_BULK = frozenset({"offer_profile", "merchant_cancel_reason", "product", "resources"})


class Probe:
    """Asks every walked endpoint for one row and judges the answers together.

    The customers' list decides whether the key works. Another endpoint that is refused fails only
    its streams, at reading: here it is a warning, for the user may not want them.
    """

    def __init__(self, settings: Settings, walked: Iterable[str]) -> None:
        """Take the streams whose endpoints to ask."""
        self._settings = settings
        self._walked = set(walked)
        self._rows: dict[str, int] = {}
        self._errors: dict[str, AirbyteTracedException] = {}

    def run(self, walks: Iterator[AirbyteMessage]) -> AirbyteConnectionStatus:
        """Answer the walks and return the verdict."""
        try:
            for message in walks:
                if message.type == Type.RECORD and message.record:
                    data = message.record.data
                    self._on(message.record.stream, data["walk"], data["event"])
        except AirbyteTracedException as error:
            messages.LOG.debug("While checking: %s", error.internal_message)
        return self._verdict()

    def _on(self, stream: str, walk: Walk, event: object) -> None:
        match event:
            case Opening():
                walk.read(Leg("probe", params={"page_size": "1"}, max_pages=1, isolated=True))
            case Page():
                self._rows[stream] = len(event.rows)
                walk.taken()
            case LegFailed(_, error):
                self._errors[stream] = error
                walk.finish()
            case LegDone() | LegAbsent():
                walk.finish()

    def _verdict(self) -> AirbyteConnectionStatus:
        if error := self._errors.get(DECISIVE):
            return _failed(self._explain(error))
        if DECISIVE not in self._rows:
            return _failed("The connection could not be checked; the log says more.")
        if warning := self._warning():
            messages.LOG.warning("%s", warning)
        return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=warning)

    def _explain(self, error: AirbyteTracedException) -> str:
        readable = WITHOUT_BULK & self._rows.keys()
        if error.failure_type == FailureType.config_error and readable:
            return (
                "The API key works, but it may not read the data of all customers. Switch on "
                '"Allow bulk queries" for it in Ordergroove (Developers > API Keys), or create a '
                "key that has it."
            )
        if error.failure_type == FailureType.transient_error:
            host = self._settings.api_url or f"the {self._settings.environment} environment"
            return (
                f"Ordergroove cannot be reached at {host}. Check the network of this machine and "
                "Ordergroove's status page, then test again."
            )
        return error.message or "Ordergroove refused the request; the log says more."

    def _warning(self) -> str | None:
        if self._errors:
            names = ", ".join(sorted(self._errors))
            return (
                f"Ordergroove does not let this key read: {names}. Deselect these streams and "
                "those nested in them, or ask Ordergroove for access."
            )
        if not any(self._rows.values()):
            return (
                "Every list is empty. If this merchant has data, the key may lack "
                '"Allow bulk queries" (Developers > API Keys).'
            )
        return None


def _failed(message: str) -> AirbyteConnectionStatus:
    return AirbyteConnectionStatus(status=Status.FAILED, message=message)
