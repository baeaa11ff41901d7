"""Failures on demand: which requests fail, and what the client sees then.

Each fault is one function from the true answer to a broken one; the ones that need no true
answer never ask for it. Breaking the connection itself is described by `Response.wire`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from emulator import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.request import Request

FOREIGN = "https://attacker.example"
"""A host that is not the vendor's; `.example` never resolves."""


@dataclass(frozen=True)
class Response:
    """What goes over the wire.

    *wire* is `whole`; `reset` (half of the body, then a reset); `refuse` (nothing at all);
    `misdeclared` (the body under a Content-Length off by *delta*, then a close).
    """

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)
    wire: str = "whole"
    delay: float = 0.0
    delta: int = 0


@dataclass
class Fault:
    """A fault with its trigger: after *after* matching requests, for *times* of them."""

    fault: str
    path: str = ""
    """An endpoint's name, or a regular expression searched in `path?query`; empty matches all."""
    after: int = 0
    times: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0
    cycle: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse a fault that could never fire as meant."""
        if self.fault not in FAULTS:
            raise ValueError(
                f"There is no fault `{self.fault}`. Known: {', '.join(sorted(FAULTS))}."
            )
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(
                f"`path` of the fault `{self.fault}` is no regular expression: {error}."
            ) from None

    def concerns(self, endpoint: str, target: str) -> bool:
        """Say whether a request is one of those this fault counts."""
        return endpoint == self.path or re.search(self.path, target) is not None


class Faults:
    """The faults in force, in order; the first that is due breaks a request."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def replace(self, specs: list[dict[str, Any]]) -> None:
        """Put *specs* in force instead of what was; unknown keys are the fault's parameters."""
        own = {"fault", "path", "after", "times"}
        self.active = [
            Fault(
                **{k: v for k, v in spec.items() if k in own},
                params={k: v for k, v in spec.items() if k not in own},
            )
            for spec in specs
        ]

    def due(self, endpoint: str, target: str) -> Fault | None:
        """Count a request and return the fault that breaks it, if any."""
        chosen = None
        for fault in self.active:
            if not fault.concerns(endpoint, target):
                continue
            fault.seen += 1
            spent = fault.times is not None and fault.fired >= fault.times
            if chosen is None and fault.seen > fault.after and not spent:
                fault.fired += 1
                chosen = fault
        return chosen


def failed(error: errors.VendorError) -> Response:
    """Make an answer of a vendor error."""
    headers = (("content-type", "application/json"), *error.headers)
    return Response(error.status, orjson.dumps(error.body), headers)


def apply(fault: Fault, request: Request, answer: Callable[[], Response]) -> Response:
    """Return what the client sees instead of *answer*."""
    return FAULTS[fault.fault](fault, request, answer)


def _rate_limited(fault: Fault, _request: Request, _answer: Callable[[], Response]) -> Response:
    response = failed(errors.rate_limited())
    after = fault.params.get("retry_after")
    headers = () if after is None else (("retry-after", str(after)),)
    return replace(response, headers=(*response.headers, *headers))


def _server_error(fault: Fault, _request: Request, _answer: Callable[[], Response]) -> Response:
    # An empty body was seen live on a 500.
    body = str(fault.params.get("body", "")).encode()
    return Response(int(fault.params.get("status", 500)), body, (("content-type", "text/html"),))


def _locked(_fault: Fault, _request: Request, _answer: Callable[[], Response]) -> Response:
    detail = "Resource currently in use, try again shortly."
    return failed(errors.VendorError(423, {"detail": detail}))


def _slow(fault: Fault, _request: Request, answer: Callable[[], Response]) -> Response:
    return replace(answer(), delay=float(fault.params.get("seconds", 30)))


def _reset_mid_body(_fault: Fault, _request: Request, answer: Callable[[], Response]) -> Response:
    return replace(answer(), wire="reset")


def _truncated_json(_fault: Fault, _request: Request, answer: Callable[[], Response]) -> Response:
    response = answer()
    return replace(response, body=response.body[: len(response.body) // 2])


def _html(_fault: Fault, _request: Request, _answer: Callable[[], Response]) -> Response:
    body = b"<!doctype html><html><body><h1>We'll be back soon</h1></body></html>"
    return Response(200, body, (("content-type", "text/html; charset=utf-8"),))


def _error_object(_fault: Fault, _request: Request, _answer: Callable[[], Response]) -> Response:
    return Response(200, b'{"detail":"Something went wrong."}')


def _missing_results(_fault: Fault, _request: Request, _answer: Callable[[], Response]) -> Response:
    return Response(200, b'{"next":null}')


def _empty_list(_fault: Fault, _request: Request, _answer: Callable[[], Response]) -> Response:
    return Response(200, b'{"next":null,"previous":null,"results":[]}')


def _repeated_cursor(fault: Fault, request: Request, answer: Callable[[], Response]) -> Response:
    """Send the client round in a circle of `length` (1 or 2) pages, once it follows cursors."""
    response = answer()
    here = f"{request.base_url}{request.path}?{request.query_string}"
    if "cursor" not in request.query:
        return response
    length = int(fault.params.get("length", 1))
    if here not in fault.cycle and len(fault.cycle) < length:
        fault.cycle.append(here)
    last = len(fault.cycle) == length and here == fault.cycle[-1]
    return _with_next(response, fault.cycle[0]) if last else response


def _foreign_next(fault: Fault, request: Request, answer: Callable[[], Response]) -> Response:
    host = str(fault.params.get("host", FOREIGN))
    return _with_next(answer(), f"{host}{request.path}?{request.query_string}")


def _with_next(response: Response, url: str) -> Response:
    body = orjson.loads(response.body)
    if not isinstance(body, dict) or "next" not in body:
        return response
    return replace(response, body=orjson.dumps({**body, "next": url}))


def _redirect(fault: Fault, request: Request, answer: Callable[[], Response]) -> Response:
    """Redirect to `host` (another one by default; `same` for this one, answered in full there)."""
    host = str(fault.params.get("host", FOREIGN))
    if host == "same":
        if "redirected" in request.query:
            return answer()
        host = request.base_url
    query = f"{request.query_string}&redirected=1".lstrip("&")
    return Response(302, b"", (("location", f"{host}{request.path}?{query}"),))


def _key_revoked(fault: Fault, _request: Request, _answer: Callable[[], Response]) -> Response:
    return failed(errors.bad_key(int(fault.params.get("status", 403))))


def _refuse(_fault: Fault, _request: Request, _answer: Callable[[], Response]) -> Response:
    return Response(0, b"", wire="refuse")


def _wrong_content_length(
    fault: Fault, _request: Request, answer: Callable[[], Response]
) -> Response:
    return replace(answer(), wire="misdeclared", delta=int(fault.params.get("delta", 100)))


FAULTS: dict[str, Callable[[Fault, Request, Callable[[], Response]], Response]] = {
    "rate_limited": _rate_limited,
    "server_error": _server_error,
    "locked": _locked,
    "slow": _slow,
    "reset_mid_body": _reset_mid_body,
    "truncated_json": _truncated_json,
    "html": _html,
    "error_object": _error_object,
    "missing_results": _missing_results,
    "empty_list": _empty_list,
    "repeated_cursor": _repeated_cursor,
    "foreign_next": _foreign_next,
    "redirect": _redirect,
    "key_revoked": _key_revoked,
    "refuse": _refuse,
    "wrong_content_length": _wrong_content_length,
}
"""Every fault by name; the README says what each looks like."""
