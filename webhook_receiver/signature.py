"""The `Ordergroove-Signature` header: made and checked on one path.

`ts=<unix seconds>,sig=<hex>[,sig=<hex>]`: each `sig` is HMAC-SHA256 over `{ts}.{raw body}`. During
the 24 hours of a key rotation there are two, one for each key.
https://developer.ordergroove.com/docs/webhook-verification
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from webhook_receiver.errors import MalformedSignatureError, SignatureMismatchError

HEADER = "Ordergroove-Signature"

# The vendor sends two at most. Without a limit a long header would buy an attacker many
# comparisons.
_MOST_SIGNATURES = 8
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class SignatureHeader:
    """What a header claims: nothing in it is proven before `Verifier.verify`."""

    signed_text: str
    """The timestamp as it was written: the bytes that were signed, leading zeros included."""
    signatures: tuple[str, ...]

    @property
    def timestamp(self) -> int:
        """When Ordergroove says it signed, in Unix seconds."""
        return int(self.signed_text)

    @classmethod
    def parse(cls, values: Sequence[str]) -> "SignatureHeader":
        """Read the header's *values*: all that a request sent under this name.

        Unknown parts are skipped, as a later version of the scheme would add them beside the known
        ones.

        Raises:
            MalformedSignatureError: not exactly one header, not exactly one `ts` of at most 12
                digits, no `sig`, or more than eight.

        """
        if len(values) != 1:
            raise MalformedSignatureError(f"{len(values)} signature headers instead of one")
        parts = [part.strip().partition("=") for part in values[0].split(",")]
        timestamps = [value for name, _, value in parts if name == "ts"]
        signatures = tuple(value for name, _, value in parts if name == "sig")
        if len(timestamps) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]):
            raise MalformedSignatureError("not exactly one `ts` in Unix seconds")
        if not 0 < len(signatures) <= _MOST_SIGNATURES:
            raise MalformedSignatureError(f"{len(signatures)} `sig` values")
        return cls(timestamps[0], signatures)


def sign(key: bytes, timestamp: str, body: bytes) -> str:
    """Return the hex digest that Ordergroove puts in `sig`."""
    return hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Verifier:
    """Checks a signature against every configured verification key."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or not all(keys):
            # HMAC accepts an empty key, and then anyone can sign.
            raise ValueError("A verifier needs at least one key, and none may be empty.")
        self._keys = tuple(keys)

    def verify(self, header: SignatureHeader, body: bytes) -> None:
        """Return if any signature in *header* fits *body* and any key.

        Every key is tried with every signature, in constant time and without stopping at the first
        that fits, so that the time taken tells nothing about keys or about which of them is in use.

        Raises:
            SignatureMismatchError: none fits.

        """
        fits = False
        for key in self._keys:
            expected = sign(key, header.signed_text, body).encode()
            for signature in header.signatures:
                # As bytes: `compare_digest` refuses text that is not ASCII, and a header may hold
                # any Latin-1.
                fits |= hmac.compare_digest(expected, signature.encode())
        if not fits:
            raise SignatureMismatchError("no signature fits a configured key")
