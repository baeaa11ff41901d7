"""The vendor's error answers: status and wording (reference A.4)."""

from __future__ import annotations


class VendorError(Exception):
    """An answer other than 200, as Ordergroove gives it."""

    def __init__(
        self, status: int, body: object, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers


def bad_key(status: int) -> VendorError:
    """Refuse a missing, wrong or revoked key; 403 was seen live, 401 is documented as well."""
    return VendorError(status, {"detail": "Authentication Failed"})


def no_bulk_permission() -> VendorError:
    """Refuse an unfiltered list to a key without bulk permission; the wording is a guess."""
    return VendorError(403, {"detail": "You do not have permission to perform this action."})


def not_found() -> VendorError:
    """Answer for an object or a path that does not exist."""
    return VendorError(404, {"detail": "Not found."})


def invalid_cursor() -> VendorError:
    """Answer for a cursor nobody issued."""
    return VendorError(404, {"detail": "Invalid cursor"})


def invalid_page() -> VendorError:
    """Answer for a page number past the end."""
    return VendorError(404, {"detail": "Invalid page."})


def bad_parameter(name: str, message: str) -> VendorError:
    """Refuse the value of a query parameter."""
    return VendorError(400, {name: [message]})


def method_not_allowed(method: str) -> VendorError:
    """Refuse a write: this stand-in only plays the read side."""
    return VendorError(405, {"detail": f'Method "{method}" not allowed.'})


def rate_limited() -> VendorError:
    """Answer above the rate limit; the vendor documents no Retry-After."""
    return VendorError(429, {"detail": "Request was throttled."})
