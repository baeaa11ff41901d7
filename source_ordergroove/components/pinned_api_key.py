"""The API key, bound to one host."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from typing import Any
from urllib.parse import urljoin

import requests
from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.declarative.interpolation.interpolated_string import InterpolatedString

from source_ordergroove import errors
from source_ordergroove.components.attempts import ATTEMPTS
from source_ordergroove.rules import links


@dataclass
class PinnedApiKey(DeclarativeAuthenticator):
    """Adds the key to requests for the configured scheme and host and to no others.

    Why not a built-in: `ApiKeyAuthenticator` puts the header on every request before its URL is
    known, and `requests` takes only `Authorization` off a redirect to another host: a custom
    header goes along. Here the header is set when the URL is final, and a response hook, which
    runs before `requests` follows a redirect, refuses one that leaves the host.

    *header* and *prefix* say how the key is sent, *base_url* where it may go.
    """

    config: Mapping[str, Any]
    parameters: InitVar[Mapping[str, Any]]
    header: str
    api_key: str
    base_url: str
    prefix: str = ""

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        """Resolve the settings once."""
        self._value = self.prefix + self._resolve(self.api_key, parameters)
        self._origin = links.origin(self._resolve(self.base_url, parameters))

    def _resolve(self, template: str, parameters: Mapping[str, Any]) -> str:
        return str(InterpolatedString.create(template, parameters=parameters).eval(self.config))

    @property
    def auth_header(self) -> str:
        """Nothing is added before the URL is known."""
        return ""

    @property
    def token(self) -> str:
        """Nothing is added before the URL is known."""
        return ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign *request*; called by the CDK once per attempt."""
        ATTEMPTS.made += 1
        origin = links.origin(request.url or "")
        if origin != self._origin:
            raise errors.foreign_link("a request", origin[1])
        if self.header not in request.headers:
            request.headers[self.header] = self._value
            request.hooks["response"].append(self._refuse_foreign_redirect)
        return request

    def _refuse_foreign_redirect(
        self, response: requests.Response, *_args: object, **_kwargs: object
    ) -> None:
        if not response.is_redirect:
            return
        origin = links.origin(urljoin(response.url, response.headers["location"]))
        if origin != self._origin:
            raise errors.foreign_link("a redirect", origin[1])
