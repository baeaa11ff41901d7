"""Where a request may go: the `next` links of the vendor and the key's one host."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urljoin, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


class ForeignLinkError(ValueError):
    """A link leads to a host that must not see the key. The message names that host only."""


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port, the default port filled in."""
    parts = urlsplit(url)
    port = _DEFAULT_PORTS.get(parts.scheme) if parts.port is None else parts.port
    return parts.scheme, (parts.hostname or "").lower(), port


def pinned(base: str, link: str) -> str:
    """Return *link* as an absolute URL on the origin of *base*, or raise `ForeignLinkError`.

    A vendor behind a proxy that ends TLS may write `http` into links that came by `https`: such a
    link is followed on the configured scheme. Nothing else is mended.
    """
    # urlsplit takes what precedes a backslash for user info, urllib3 ends the host there.
    if "\\" in link:
        msg = "a link that is no URL"
        raise ForeignLinkError(msg)
    # The common case, without taking both apart: what ends in the base's own slash is its host.
    if link.startswith(base[: base.find("/", base.find("//") + 2) + 1] or "\0"):
        return link
    try:
        absolute = urljoin(base, link)
        scheme, host, port = origin(absolute)
        base_scheme, base_host, base_port = origin(base)
    except ValueError:
        msg = "a link that is no URL"
        raise ForeignLinkError(msg) from None
    if (scheme, host, port) == (base_scheme, base_host, base_port):
        return absolute
    if (scheme, host, port) == ("http", base_host, 80) and (base_scheme, base_port) == (
        "https",
        443,
    ):
        return "https" + absolute.removeprefix("http").replace(":80/", "/", 1)
    raise ForeignLinkError(f"{scheme}://{host}:{port}")


def missing_params(url: str, params: Mapping[str, str]) -> dict[str, str]:
    """Return the *params* that *url* does not carry itself.

    It is not documented whether `next` repeats `page_size` and the filters; a parameter sent
    twice with two spellings would be worse than one left out.
    """
    present = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    return {name: value for name, value in params.items() if name not in present}
