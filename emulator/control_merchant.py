"""Control of the merchant: what happens to its rows and its time, and what they are."""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from emulator.bulk import add_bulk
from emulator.clock import Clock
from emulator.days import advance
from emulator.edits import stream_named
from emulator.mutations import MUTATIONS, mutate

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.stage import Stage
    from emulator.world import Change

Body = dict[str, Any]


class MerchantControl:
    """Handlers: a JSON body with query and path parameters in, a JSON value out."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[tuple[str, str, Callable[[Any], object]]]:
        """Return method, path and handler of each call."""
        return [
            ("GET", "world", self.world),
            ("GET", "world/{stream}", self.stream),
            ("POST", "delete", self.delete),
            ("POST", "restore", self.restore),
            ("GET", "mutations", self.mutations),
            ("POST", "mutate", self.mutate),
            ("POST", "advance", self.advance),
            ("PUT", "clock", self.clock),
            ("POST", "reset", self.reset),
            ("POST", "seed", self.seed),
            ("POST", "bulk", self.bulk),
        ]

    def world(self, _body: Body) -> object:
        """GET world: the present and the live row counts of the 21 streams."""
        world = self._stage.world
        return {
            "now": world.clock.now().isoformat(),
            "frozen": world.clock.frozen,
            "seed": world.seed,
            "counts": world.counts(),
        }

    def stream(self, body: Body) -> object:
        """GET world/{stream}: primary key and all rows of a stream, in the vendor's values."""
        stream = stream_named(body["stream"])
        rows = list(self._stage.world.truth(stream))
        if body.get("keys_only"):
            return {"primary_key": stream.key, "keys": [stream.key_of(row) for row in rows]}
        return {"primary_key": stream.key, "rows": rows}

    def delete(self, body: Body) -> object:
        """POST delete {stream, keys | fraction | all, bump}: exactly these rows vanish."""
        edits, stream = self._stage.edits, stream_named(body["stream"])
        if "keys" in body:
            keys = [tuple(key) for key in body["keys"]]
        else:
            keys = edits.sample(stream, 1.0 if body.get("all") else float(body["fraction"]))
        with self._stage.world.journal() as changes:
            edits.delete(stream, keys, bump=bool(body.get("bump", True)))
        return {"keys": keys, "changes": _grouped(changes)}

    def mutate(self, body: Body) -> object:
        """POST mutate {do, times?, ...}: let something happen once or more, now."""
        arguments = {k: v for k, v in body.items() if k not in {"do", "times"}}
        with self._stage.world.journal() as changes:
            for _ in range(int(body.get("times", 1))):
                mutate(self._stage.world, body["do"], arguments)
        return {"do": body["do"], "changes": _grouped(changes)}

    def mutations(self, _body: Body) -> object:
        """GET mutations: what can happen, with what it takes."""
        return {
            name: {
                "does": (function.__doc__ or "").split("\n", 1)[0],
                "takes": list(inspect.signature(function).parameters)[1:],
            }
            for name, function in sorted(MUTATIONS.items())
        }

    def advance(self, body: Body) -> object:
        """POST advance {days?, hours?, minutes?, seconds?, life?}: time passes, life happens."""
        units = ("days", "hours", "minutes", "seconds")
        delta = timedelta(**{unit: float(body.get(unit, 0)) for unit in units})
        with self._stage.world.journal() as changes:
            advance(self._stage.world, delta, life=bool(body.get("life", True)))
        return {"now": self._stage.world.clock.now().isoformat(), "changes": _grouped(changes)}

    def restore(self, body: Body) -> object:
        """POST restore {stream, keys?}: rows deleted by `delete` come back, by default all."""
        stream = stream_named(body["stream"])
        keys = [tuple(key) for key in body["keys"]] if "keys" in body else None
        with self._stage.world.journal() as changes:
            restored = self._stage.edits.restore(stream, keys)
        return {"keys": restored, "changes": _grouped(changes)}

    def clock(self, body: Body) -> object:
        """PUT clock {now?, frozen?}: set the present, stop time or let it run."""
        clock = self._stage.world.clock
        now = datetime.fromisoformat(body["now"]) if "now" in body else clock.now()
        clock.set(now, frozen=bool(body.get("frozen", clock.frozen)))
        return {"now": clock.now().isoformat(), "frozen": clock.frozen}

    def reset(self, _body: Body) -> object:
        """POST reset: the world last seeded again, default settings, no faults, empty log."""
        self._stage.reset()
        return self.world({})

    def seed(self, body: Body) -> object:
        """POST seed {seed?, size?, now?, frozen?}: another world; settings, faults and log stay."""
        stage = self._stage
        now = datetime.fromisoformat(body["now"]) if "now" in body else None
        frozen = bool(body.get("frozen", False))
        clock = Clock(now, frozen=frozen) if now or frozen else None
        stage.populate(int(body.get("seed", stage.world.seed)), body.get("size", stage.size), clock)
        return self.world({})

    def bulk(self, body: Body) -> object:
        """POST bulk {stream, count}: add that many rows alike."""
        stream = stream_named(body["stream"])
        add_bulk(self._stage.world, stream, int(body["count"]))
        return {"stream": stream.name, "rows": len(self._stage.world[stream.table])}


def _grouped(changes: list[Change]) -> dict[str, dict[str, list[list[Any]]]]:
    """Return {created, changed, deleted} -> stream -> keys: the net effect of *changes*."""
    net: dict[tuple[str, tuple[Any, ...]], str | None] = {}
    for change in changes:
        where = (change.stream, change.key)
        before = net.get(where)
        if change.op == "deleted" and before == "created":
            net[where] = None
        elif change.op == "created" and before == "deleted":
            net[where] = "changed"
        elif not (change.op == "changed" and before == "created"):
            net[where] = change.op
    grouped: dict[str, dict[str, list[list[Any]]]] = {"created": {}, "changed": {}, "deleted": {}}
    for (stream, key), op in net.items():
        if op is not None:
            grouped[op].setdefault(stream, []).append(list(key))
    return grouped
