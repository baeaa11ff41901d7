"""Every way a request or a start can be refused.

```
ReceiverError
|-- RefusedError              4xx: the same request will be refused again
|   |-- SignatureRefusedError     401, the answer never says which of the two
|   |   |-- MalformedSignatureError   could not be checked
|   |   `-- SignatureMismatchError    checked, and no key fits
|   |-- WrongTokenError           401
|   |-- UnusableEventError        400
|   |-- UnusableQueryError        400
|   |-- BodyTooLargeError         413
|   `-- BodyNotReceivedError      408, too slow or given up by the sender
`-- UnavailableError          503: the same request will do later
    |-- StorageUnavailableError
    `-- OverloadedError
SettingsError                 the process does not start
```

`str(error)` is for the log: it may name a limit or a database's complaint, never a key, a token or
a body. `answer` is what the other side reads.
"""

from typing import ClassVar


class ReceiverError(Exception):
    """Never raised itself."""

    status: ClassVar[int]
    outcome: ClassVar[str]
    """Label of this outcome in `/metrics` and in the log."""

    @property
    def answer(self) -> str:
        """What the other side reads."""
        return str(self)


class RefusedError(ReceiverError):
    """The same request would be refused again."""


class SignatureRefusedError(RefusedError):
    """The request does not prove that it comes from Ordergroove."""

    status = 401

    @property
    def answer(self) -> str:
        """Say the same for every reason: the difference would help only who tries to forge one."""
        return "The header Ordergroove-Signature does not fit this body and this receiver's keys."


class MalformedSignatureError(SignatureRefusedError):
    """The header is absent, repeated or not of the form `ts=<unix seconds>,sig=<hex>`."""

    outcome = "malformed_signature"


class SignatureMismatchError(SignatureRefusedError):
    """The header is well formed, but no signature in it fits any configured key."""

    outcome = "signature_mismatch"


class WrongTokenError(RefusedError):
    """The reader did not send the token of this receiver."""

    status = 401
    outcome = "wrong_token"


class UnusableEventError(RefusedError):
    """Ordergroove signed it, but it is not an event that can be told from others by its id."""

    status = 400
    outcome = "unusable_event"


class UnusableQueryError(RefusedError):
    """The reader asked with a parameter that has no meaning."""

    status = 400
    outcome = "unusable_query"


class BodyTooLargeError(RefusedError):
    """The body is longer than `MAX_BODY_BYTES`; the rest of it was not read."""

    status = 413
    outcome = "body_too_large"


class BodyNotReceivedError(RefusedError):
    """The body did not arrive in time, or the sender hung up."""

    status = 408
    outcome = "body_not_received"


class UnavailableError(ReceiverError):
    """The same request will do later; Ordergroove retries by itself."""

    status = 503


class StorageUnavailableError(UnavailableError):
    """The database did not confirm in time, so nothing may be promised."""

    outcome = "storage_unavailable"

    @property
    def answer(self) -> str:
        """Keep the database's own words, with its host and user, in the log."""
        return "The database of this receiver does not answer; send this again later."


class OverloadedError(UnavailableError):
    """More bytes are waiting for a commit than this process will hold in memory."""

    outcome = "overloaded"


class SettingsError(Exception):
    """One or more environment variables are missing or wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        listed = "\n".join(f"- {problem}" for problem in problems)
        super().__init__(f"The webhook receiver does not start with these settings:\n{listed}")
