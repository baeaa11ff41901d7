"""A client of the emulator for tests: one request, one walk, one control call."""

from typing import Any

from starlette.testclient import TestClient

from emulator.app import create_app
from emulator.stage import Stage


class VendorClient:
    """Asks an emulator that has no socket."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.http = TestClient(create_app(stage), follow_redirects=False)

    def ask(self, target: str, *, key: str | None = "", version: str = "2") -> tuple[int, Any]:
        """Return status and JSON of `GET target`; *key* "" is the good one, None sends none."""
        headers = {"x-api-key": self.stage.settings.api_key if key == "" else key or ""}
        if key is None:
            del headers["x-api-key"]
        if version:
            headers["X-OG-API-VERSION"] = version
        response = self.http.get(target, headers=headers)
        return response.status_code, response.json()

    def walk(self, target: str, *, version: str = "2") -> list[dict[str, Any]]:
        """Return the results of *target* and of every page after it."""
        results: list[dict[str, Any]] = []
        url: str | None = target
        while url:
            status, page = self.ask(url, version=version)
            assert status == 200
            results += page["results"]
            url = page["next"]
        return results

    def control(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Return status and JSON of a control call."""
        response = self.http.request(method, f"/_emulator/{path}", json=body)
        return response.status_code, response.json()
