"""The control API under `/_emulator/`: what a test does to the emulator and asks about it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import orjson
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from emulator.control_merchant import MerchantControl
from emulator.control_service import ServiceControl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from emulator.stage import Stage


def control_app(stage: Stage) -> Starlette:
    """Return the application behind `/_emulator/`."""
    calls = [*MerchantControl(stage).routes(), *ServiceControl(stage).routes()]
    index = {f"{method} {path}": _first_line(handle) for method, path, handle in calls}
    calls.append(("GET", "", lambda _body: index))
    return Starlette(
        routes=[
            Route(f"/_emulator/{path}", _handler(handle), methods=[method])
            for method, path, handle in calls
        ]
    )


class _Arguments(dict[str, Any]):
    """A body that says what it lacks; a plain KeyError could as well be a mistake of ours."""

    def __missing__(self, name: str) -> Any:
        raise ValueError(f"The body needs `{name}`.")


def _handler(handle: Callable[[Any], object]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            raw = await request.body()
            body = orjson.loads(raw) if raw else {}
            if isinstance(body, dict):
                body = _Arguments({**request.query_params, **body, **request.path_params})
            answer = handle(body)
            if inspect.isawaitable(answer):
                answer = await answer
        except ValueError as error:
            return _json({"error": str(error)}, 400)
        return _json(answer)

    return endpoint


def _first_line(handle: Callable[[Any], object]) -> str:
    return (handle.__doc__ or "").split("\n", 1)[0]


def _json(answer: object, status: int = 200) -> Response:
    return Response(orjson.dumps(answer), status, media_type="application/json")
