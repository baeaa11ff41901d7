"""Whether the connection works, in the user's words."""

from collections.abc import Mapping

from airbyte_cdk.models import AirbyteConnectionStatus, FailureType, Status
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.diagnosis.probe import Answer
from source_ordergroove.errors import UnreadablePageError
from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.settings import Settings

#: Ordergroove's own advice for testing a key: list customers.
DECISIVE = "customer"
#: Endpoints that a key reads without "Allow bulk queries": they hold no customer's data.
WITHOUT_BULK = frozenset({"offer_profile", "merchant_cancel_reason", "product", "resources"})


def verdict(answers: Mapping[str, Answer], settings: Settings) -> AirbyteConnectionStatus:
    """Judge the answers together.

    The customers' list decides whether the key works. Another endpoint that is refused fails only
    its streams, at reading: here it is a warning, for the user may not want them.
    """
    decisive = answers.get(DECISIVE)
    if decisive is None:
        return _failed("The connection could not be checked; the log says more.")
    if decisive.error:
        return _failed(_explain(decisive.error, answers, settings))
    for name, answer in sorted(answers.items()):
        if answer.error:
            messages.LOG.warning("Stream %s: %s", name, answer.error.message)
    warning = _warning(answers)
    if warning:
        messages.LOG.warning("%s", warning)
    return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=warning)


def unreachable(answers: Mapping[str, Answer]) -> bool:
    """Tell whether the decisive endpoint gave no answer that says anything."""
    error = answers[DECISIVE].error if DECISIVE in answers else None
    return error is not None and error.failure_type != FailureType.config_error


def _explain(
    error: AirbyteTracedException, answers: Mapping[str, Answer], settings: Settings
) -> str:
    readable = {name for name, answer in answers.items() if not answer.error}
    if error.failure_type == FailureType.config_error and readable & WITHOUT_BULK:
        return (
            "The API key works, but it may not read the data of all customers. Switch on "
            '"Allow bulk queries" for it in Ordergroove (Developers > API Keys), or create a '
            "key that has it."
        )
    if isinstance(error, UnreadablePageError):
        return f"{error.message} A proxy, or the wrong API URL, may have answered."
    if error.failure_type == FailureType.transient_error:
        host = settings.api_url or f"the {settings.environment} environment"
        return (
            f"Ordergroove cannot be reached at {host}. Check the network of this machine and "
            "Ordergroove's status page, then test again."
        )
    return error.message or "Ordergroove refused the request; the log says more."


def _warning(answers: Mapping[str, Answer]) -> str | None:
    if refused := sorted(name for name, answer in answers.items() if answer.error):
        return (
            f"These streams cannot be read now: {', '.join(refused)}. Deselect them and those "
            "nested in them, or see in the log what is wrong."
        )
    if not any(answer.rows for answer in answers.values()):
        return (
            "Every list is empty. If this merchant has data, the key may lack "
            '"Allow bulk queries" (Developers > API Keys).'
        )
    return None


def _failed(message: str) -> AirbyteConnectionStatus:
    return AirbyteConnectionStatus(status=Status.FAILED, message=message)
