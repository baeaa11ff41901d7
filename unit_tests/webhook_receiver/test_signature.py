"""Every reason to refuse a signature, one test each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_receiver.errors import MalformedSignatureError, SignatureMismatchError
from webhook_receiver.signature import SignatureHeader, Verifier, sign

KEY = b"9c5a1f0e"
BODY = b'{"id": "mmmm4444nnnn3333pppp", "type": "order.delete"}'
# What `openssl dgst -sha256 -hmac 9c5a1f0e` says of the timestamp, a full stop and the body.
PINNED = "38b59e81d71d374df08ab014ef6342201bd77caba2da549c2831bb313fa1dfb4"


def verify(header: str, body: bytes = BODY, keys: tuple[bytes, ...] = (KEY,)) -> None:
    Verifier(keys).verify(SignatureHeader.parse([header]), body)


def test_pinned_vector() -> None:
    """The digest is the one OpenSSL computes, so signer and verifier cannot err together."""
    assert sign(KEY, "1622589211", BODY) == PINNED
    verify(f"ts=1622589211,sig={PINNED}")


def test_timestamp_is_read_from_the_header() -> None:
    assert SignatureHeader.parse([f"ts=1622589211,sig={PINNED}"]).timestamp == 1622589211


@pytest.mark.parametrize("keys", [(b"old", KEY), (KEY, b"old"), (b"next", KEY, b"old")])
def test_any_configured_key_fits(keys: tuple[bytes, ...]) -> None:
    """During a rotation the receiver knows more keys than the sender."""
    verify(f"ts=1622589211,sig={PINNED}", keys=keys)


@pytest.mark.parametrize("position", [0, 1])
def test_any_sent_signature_fits(position: int) -> None:
    """During a rotation the sender signs with more keys than the receiver knows."""
    signatures = [sign(b"other", "1622589211", BODY)]
    signatures.insert(position, PINNED)

    verify("ts=1622589211," + ",".join(f"sig={each}" for each in signatures))


def test_unknown_parts_are_skipped() -> None:
    """A later version of the scheme adds its parts beside the known ones."""
    verify(f"ts=1622589211, v=2, sig={PINNED}")


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="no header"),
        pytest.param([f"ts=1622589211,sig={PINNED}"] * 2, id="two headers"),
        pytest.param([""], id="empty"),
        pytest.param([f"sig={PINNED}"], id="no timestamp"),
        pytest.param([f"ts=,sig={PINNED}"], id="empty timestamp"),
        pytest.param([f"ts=1622589211.5,sig={PINNED}"], id="fraction"),
        pytest.param([f"ts=-1622589211,sig={PINNED}"], id="negative"),
        pytest.param([f"ts=\u0661\u0662,sig={PINNED}"], id="digits of another script"),
        pytest.param([f"ts=1622589211\n,sig={PINNED}\n,ts=1"], id="two timestamps"),
        pytest.param([f"ts={'9' * 13},sig={PINNED}"], id="timestamp too long"),
        pytest.param(["ts=1622589211"], id="no signature"),
        pytest.param(["ts=1622589211" + f",sig={PINNED}" * 9], id="nine signatures"),
        pytest.param([f"ts=1622589211;sig={PINNED}"], id="wrong separator"),
    ],
)
def test_malformed_header_is_refused_as_malformed(values: list[str]) -> None:
    with pytest.raises(MalformedSignatureError):
        SignatureHeader.parse(values)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("", id="empty"),
        pytest.param(PINNED.upper(), id="upper case"),
        pytest.param(PINNED[:-1], id="too short"),
        pytest.param(PINNED + "0", id="too long"),
        pytest.param("ÿ" * 64, id="not ASCII"),
        pytest.param(sign(b"other", "1622589211", BODY), id="other key"),
        pytest.param(sign(KEY, "1622589212", BODY), id="other time"),
        pytest.param(sign(KEY, "1622589211", BODY + b" "), id="other body"),
    ],
)
def test_wrong_signature_is_a_mismatch(signature: str) -> None:
    with pytest.raises(SignatureMismatchError):
        verify(f"ts=1622589211,sig={signature}")


def test_timestamp_is_signed_as_written() -> None:
    """A leading zero is another text, whatever number it means."""
    with pytest.raises(SignatureMismatchError):
        verify(f"ts=01622589211,sig={PINNED}")


@pytest.mark.parametrize("keys", [(), (b"",), (KEY, b"")])
def test_verifier_without_a_key_cannot_be_made(keys: tuple[bytes, ...]) -> None:
    """HMAC takes an empty key, and then everyone can sign."""
    with pytest.raises(ValueError, match="at least one key"):
        Verifier(keys)


@given(key=st.binary(min_size=1), timestamp=st.integers(0, 10**12 - 1), body=st.binary())
def test_what_is_signed_verifies(key: bytes, timestamp: int, body: bytes) -> None:
    verify(f"ts={timestamp},sig={sign(key, str(timestamp), body)}", body, (key,))


@given(body=st.binary(min_size=1), flip=st.integers(1, 255), data=st.data())
def test_any_flipped_byte_of_the_body_is_refused(
    body: bytes, flip: int, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, len(body) - 1))
    forged = bytearray(body)
    forged[position] ^= flip

    with pytest.raises(SignatureMismatchError):
        verify(f"ts=1,sig={sign(KEY, '1', body)}", bytes(forged))


@given(flip=st.integers(1, 127), position=st.integers(0, len(f"ts=1622589211,sig={PINNED}") - 1))
def test_any_flipped_byte_of_the_header_is_refused(flip: int, position: int) -> None:
    header = bytearray(f"ts=1622589211,sig={PINNED}".encode())
    header[position] ^= flip

    with pytest.raises((MalformedSignatureError, SignatureMismatchError)):
        verify(header.decode("latin-1"))
