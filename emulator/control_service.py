"""Control of the service around the merchant: settings, faults, request log, webhooks."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.stage import Stage

Body = dict[str, Any]


class ServiceControl:
    """Handlers: a JSON body with query and path parameters in, a JSON value out."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[tuple[str, str, Callable[[Any], object]]]:
        """Return method, path and handler of each call."""
        return [
            ("PUT", "latency", self.latency),
            ("GET", "settings", self.settings),
            ("PATCH", "settings", self.configure),
            ("GET", "faults", self.faults),
            ("PUT", "faults", self.set_faults),
            ("DELETE", "faults", self.clear_faults),
            ("GET", "requests", self.requests),
            ("DELETE", "requests", self.clear_requests),
            ("GET", "requests/summary", self.summary),
            ("GET", "webhooks", self.webhooks),
            ("POST", "webhooks", self.register),
            ("DELETE", "webhooks", self.unregister),
            ("GET", "webhooks/events", self.events),
            ("POST", "webhooks/deliver", self.deliver),
        ]

    def latency(self, body: Body) -> object:
        """PUT latency {seconds}: wait this long before each vendor answer."""
        self._stage.settings.latency = float(body["seconds"])
        return {"seconds": self._stage.settings.latency}

    def settings(self, _body: Body) -> object:
        """GET settings."""
        return asdict(self._stage.settings)

    def configure(self, body: Body) -> object:
        """PATCH settings {name: value}: change some settings."""
        self._stage.configure(body)
        return asdict(self._stage.settings)

    def faults(self, _body: Body) -> object:
        """GET faults: those in force, with how often each matched and fired."""
        return {"faults": [asdict(fault) for fault in self._stage.faults.active]}

    def set_faults(self, body: Body | list[Body]) -> object:
        """PUT faults [{fault, path?, after?, times?, ...}]: replace the faults in force."""
        self._stage.faults.replace(body if isinstance(body, list) else body["faults"])
        return self.faults({})

    def clear_faults(self, _body: Body) -> object:
        """DELETE faults: none in force."""
        self._stage.faults.replace([])
        return self.faults({})

    def requests(self, _body: Body) -> object:
        """GET requests: the log of vendor requests, oldest first."""
        return self._stage.log.as_list()

    def clear_requests(self, _body: Body) -> object:
        """DELETE requests: empty the log."""
        self._stage.log.clear()
        return []

    def webhooks(self, _body: Body) -> object:
        """GET webhooks: targets, and how many events each is still owed."""
        targets = self._stage.deliveries.targets.values()
        return {"targets": [{"url": t.url, "pending": len(t.queue)} for t in targets]}

    def register(self, body: Body) -> object:
        """POST webhooks {url, keys}: send events from now on; again with other keys to rotate."""
        self._stage.deliveries.register(body["url"], list(body["keys"]))
        return self.webhooks({})

    def unregister(self, _body: Body) -> object:
        """DELETE webhooks: no targets, nothing owed."""
        self._stage.deliveries.clear()
        return self.webhooks({})

    def events(self, _body: Body) -> object:
        """GET webhooks/events: every event since there is a target, in order."""
        return self._stage.deliveries.events

    async def deliver(self, body: Body) -> object:
        """POST webhooks/deliver {modes?, limit?}: one run of the delivery process.

        *modes* is a list, or an object from mode to the one in how many events it hits.
        """
        modes = body.get("modes", [])
        one_in = modes if isinstance(modes, dict) else dict.fromkeys(modes, 1)
        deliveries = self._stage.deliveries
        report = await asyncio.to_thread(deliveries.deliver, one_in, body.get("limit"))
        pending = sum(len(target.queue) for target in deliveries.targets.values())
        return {"deliveries": report, "pending": pending}

    def summary(self, _body: Body) -> object:
        """GET requests/summary: in-flight maxima, busiest minute, counts."""
        return self._stage.log.summary()
