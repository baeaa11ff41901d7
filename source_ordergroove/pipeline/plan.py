"""From the catalog, the state and the manifest to the families of a sync."""

from collections.abc import Iterable, Mapping
from typing import Any

from airbyte_cdk.models import (
    AirbyteStateMessage,
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)

from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.account import Account
from source_ordergroove.pipeline.budget import LedgerBudget
from source_ordergroove.pipeline.declaration import Declaration
from source_ordergroove.pipeline.family import Family, Shared
from source_ordergroove.pipeline.fan_out import FanOutFamily
from source_ordergroove.pipeline.open_family import OpenFamily
from source_ordergroove.pipeline.scope import scope_of
from source_ordergroove.pipeline.settings import Settings
from source_ordergroove.pipeline.state import StateError, StreamState
from source_ordergroove.pipeline.table import Table
from source_ordergroove.rules.stamps import Stamps

Blob = dict[str, Any]
Schemas = Mapping[str, Mapping[str, Any]]


def saved_states(state: Iterable[AirbyteStateMessage] | None) -> dict[str, Blob]:
    """Return the streams' state blobs by stream name."""
    return {
        message.stream.stream_descriptor.name: dict(message.stream.stream_state.__dict__)
        for message in state or ()
        if message.stream and message.stream.stream_state
    }


def families(
    declarations: Mapping[str, Declaration],
    schemas: Schemas,
    settings: Settings,
    catalog: ConfiguredAirbyteCatalog,
    saved: Mapping[str, Blob],
) -> dict[str, Family]:
    """Return one family for each walk that the selected streams need, by walked stream."""
    selected = {stream.stream.name: stream for stream in catalog.streams}
    states = {name: _state_of(name, selected[name], saved.get(name)) for name in selected}
    floors = [state.synced_at for state in states.values() if state.synced_at]
    shared = Shared(settings, Stamps(max(floors, default=None)), Account(), LedgerBudget())
    tables: dict[str, list[Table]] = {}
    for declaration in declarations.values():
        if declaration.name in selected:
            table = _table(declaration, schemas, settings, selected, states, saved)
            tables.setdefault(declaration.walked, []).append(table)
            shared.budget.hold(table.name, table.state.known)
    return {
        walked: _family(walked, members, declarations, schemas, settings, shared)
        for walked, members in tables.items()
    }


def walk_catalog(walked: Iterable[str]) -> ConfiguredAirbyteCatalog:
    """Return the catalog that makes the CDK read exactly these streams' endpoints."""
    return ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=AirbyteStream(
                    name=name, json_schema={}, supported_sync_modes=[SyncMode.full_refresh]
                ),
                sync_mode=SyncMode.full_refresh,
                destination_sync_mode=DestinationSyncMode.append,
            )
            for name in walked
        ]
    )


def _state_of(name: str, stream: ConfiguredAirbyteStream, blob: Blob | None) -> StreamState:
    if stream.sync_mode != SyncMode.incremental or not blob:
        return StreamState()
    try:
        return StreamState.from_blob(blob)
    except StateError as error:
        messages.LOG.warning(
            "Stream %s starts again without looking for deletions: its state was written by "
            "another version of this connector (%s).",
            name,
            error,
        )
        return StreamState()


def _table(  # noqa: PLR0913 the parts of a stream, each from another place
    declaration: Declaration,
    schemas: Schemas,
    settings: Settings,
    selected: Mapping[str, ConfiguredAirbyteStream],
    states: Mapping[str, StreamState],
    saved: Mapping[str, Blob],
) -> Table:
    stream = selected.get(declaration.name)
    return Table(
        declaration,
        schemas[declaration.name],
        incremental=stream is not None and stream.sync_mode == SyncMode.incremental,
        state=states.get(declaration.name, StreamState()),
        saved=saved.get(declaration.name),
        scope=scope_of(settings, declaration),
        cdc=settings.deletion_mode == "cdc",
    )


def _family(  # noqa: PLR0913 as above
    walked: str,
    tables: list[Table],
    declarations: Mapping[str, Declaration],
    schemas: Schemas,
    settings: Settings,
    shared: Shared,
) -> Family:
    own = [table for table in tables if table.name == walked]
    parent = own[0] if own else _table(declarations[walked], schemas, settings, {}, {}, {})
    if parent.rules.deletes == "open_set":
        return OpenFamily(parent, tables, shared)
    if any(table.rules.per_parent_path for table in tables):
        return FanOutFamily(parent, tables, shared)
    return Family(parent, tables, shared)
