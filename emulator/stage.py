"""Everything the control API can reach: the world, its settings, its faults and its log."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from emulator.clock import Clock
from emulator.deliveries import Deliveries
from emulator.edits import Edits
from emulator.faults import Faults
from emulator.paging import SHAPES
from emulator.request_log import RequestLog
from emulator.seed import SIZES, make_world
from emulator.settings import Settings


class Stage:
    """One running emulator."""

    def __init__(
        self,
        *,
        seed: int = 7,
        size: str = "small",
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.log = RequestLog()
        self.faults = Faults()
        self.deliveries = Deliveries()
        self.populate(seed, size, clock)

    def populate(self, seed: int, size: str, clock: Clock | None = None) -> None:
        """Replace the world by a fresh one, by default at the real time; all else stays."""
        if size not in SIZES:
            raise ValueError(f"There is no size `{size}`. Known: {', '.join(SIZES)}.")
        self._start = clock and (clock.now(), clock.frozen)
        self.size = size
        self.world = make_world(seed, size, clock)
        self.edits = Edits(self.world)
        self.deliveries.attach(self.world)

    def reset(self) -> None:
        """Go back to the world last populated, default settings, no faults, log or webhooks."""
        self.settings = Settings(api_key=self.settings.api_key)
        self.faults.replace([])
        self.log.clear()
        self.deliveries.clear()
        clock = self._start and Clock(self._start[0], frozen=self._start[1])
        self.populate(self.world.seed, self.size, clock)

    def configure(self, changes: dict[str, Any]) -> None:
        """Change settings by name; `shapes` is merged, a shape of null means the default again."""
        known = {f.name for f in fields(Settings)}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(
                    f"There is no setting `{name}`. Known: {', '.join(sorted(known))}."
                )
            if name == "shapes":
                self._shape(value)
            else:
                setattr(self.settings, name, value)

    def _shape(self, shapes: dict[str, str | None]) -> None:
        for path, shape in shapes.items():
            endpoint = path.strip("/")
            if shape is None:
                self.settings.shapes.pop(endpoint, None)
            elif shape not in SHAPES:
                raise ValueError(f"There is no envelope `{shape}`. Known: {', '.join(SHAPES)}.")
            else:
                self.settings.shapes[endpoint] = shape
