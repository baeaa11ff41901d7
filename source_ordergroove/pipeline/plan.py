"""From the catalog, the state and the manifest to the families of a sync."""

from collections.abc import Collection, Iterable, Mapping
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
from source_ordergroove.pipeline.family import Family
from source_ordergroove.pipeline.fan_out import FanOutFamily
from source_ordergroove.pipeline.open_family import OpenFamily
from source_ordergroove.pipeline.scope import scope_of
from source_ordergroove.pipeline.settings import Settings
from source_ordergroove.pipeline.shared import Shared
from source_ordergroove.pipeline.state import Blob, StateError, StreamState
from source_ordergroove.pipeline.table import Table
from source_ordergroove.pipeline.webhooks import DELETIONS, Mailbox, WebhookFamily
from source_ordergroove.rules.privacy import Filter, blocker, hasher
from source_ordergroove.rules.stamps import Stamps

WEBHOOKS = "webhook_event"


def saved_states(state: Iterable[AirbyteStateMessage] | None) -> dict[str, Blob]:
    """Return the streams' state blobs by stream name."""
    return {
        message.stream.stream_descriptor.name: dict(message.stream.stream_state.__dict__)
        for message in state or ()
        if message.stream and message.stream.stream_state
    }


class Plan:
    """Builds the families of one sync."""

    def __init__(
        self,
        declarations: Mapping[str, Declaration],
        schemas: Mapping[str, Mapping[str, Any]],
        settings: Settings,
    ) -> None:
        """Take what every sync of this configuration shares; *schemas* by stream."""
        self._declarations = declarations
        self._schemas = schemas
        self._settings = settings

    def families(
        self, catalog: ConfiguredAirbyteCatalog, saved: Mapping[str, Blob]
    ) -> dict[str, Family]:
        """Return one family per walk that the selected streams need, by walked stream.

        *saved* holds the streams' states as the platform kept them.
        """
        selected = {
            stream.stream.name: stream
            for stream in catalog.streams
            if stream.stream.name in self._schemas
        }
        tables: dict[str, list[Table]] = {}
        for declaration in self._declarations.values():
            if stream := selected.get(declaration.name):
                table = self._table(declaration, stream, saved.get(declaration.name))
                tables.setdefault(declaration.walked, []).append(table)
        shared = self._shared([table for members in tables.values() for table in members])
        log = self._webhooks(tables, shared)
        mailbox = log.mailbox if log else None
        families: dict[str, Family] = {WEBHOOKS: log} if log else {}
        for name, members in tables.items():
            if name not in families:
                families[name] = self._family(name, members, shared, mailbox)
        return families

    def _webhooks(self, tables: Mapping[str, list[Table]], shared: Shared) -> WebhookFamily | None:
        """Return the family that reads the receiver's log, if anybody needs it.

        It comes first: orders and items wait for it.
        """
        selected = tables.get(WEBHOOKS, [])
        readers = [table for name in DELETIONS.values() for table in tables.get(name, [])]
        readers = [table for table in readers if table.incremental]
        if not self._settings.webhook_receiver or not (selected or readers):
            return None
        mailbox = Mailbox({table.name: table.state.webhooks or 0 for table in readers})
        parent = selected[0] if selected else self._table(self._declarations[WEBHOOKS])
        return WebhookFamily(parent, selected, shared, mailbox)

    def _shared(self, tables: list[Table]) -> Shared:
        floors = [table.state.synced_at for table in tables if table.state.synced_at]
        budget = LedgerBudget()
        for table in tables:
            if table.incremental and table.rules.deletes != "never":
                budget.hold(table.name, table.state.known)
        return Shared(self._settings, Stamps(max(floors, default=None)), Account(), budget)

    def _table(
        self,
        declaration: Declaration,
        stream: ConfiguredAirbyteStream | None = None,
        saved: Blob | None = None,
    ) -> Table:
        incremental = stream is not None and stream.sync_mode == SyncMode.incremental
        return Table(
            declaration,
            self._schemas[declaration.name],
            incremental=incremental,
            state=_state_of(declaration.name, saved) if incremental else StreamState(),
            saved=saved,
            scope=scope_of(self._settings, declaration),
            cdc=self._settings.deletion_mode == "cdc",
            filters=self._filters(declaration, stream),
        )

    def _filters(
        self, declaration: Declaration, stream: ConfiguredAirbyteStream | None
    ) -> list[Filter]:
        """Return what each row passes before it leaves."""
        filters = []
        keys = declaration.primary_key
        if stream:
            declared = self._schemas[declaration.name]["properties"]
            configured = stream.stream.json_schema.get("properties") or {}
            filters.append(blocker(declared, configured, keys))
        if hashing := self._settings.hash_personal_data:
            filters.append(hasher(hashing.fields, hashing.salt.get_secret_value(), keys))
        return [each for each in filters if each]

    def _family(
        self, walked: str, tables: list[Table], shared: Shared, mailbox: Mailbox | None
    ) -> Family:
        own = [table for table in tables if table.name == walked]
        parent = own[0] if own else self._table(self._declarations[walked])
        if parent.rules.deletes == "open_set":
            return OpenFamily(parent, shared, mailbox if parent.incremental else None)
        if any(table.rules.per_parent_path for table in tables):
            return FanOutFamily(parent, tables, shared)
        return Family(parent, tables, shared)


def unavailable(catalog: ConfiguredAirbyteCatalog, offered: Collection[str]) -> list[str]:
    """Return the selected streams that are not *offered* with this configuration."""
    names = [stream.stream.name for stream in catalog.streams]
    return [name for name in names if name not in offered]


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


def _state_of(name: str, saved: Blob | None) -> StreamState:
    if not saved:
        return StreamState()
    try:
        return StreamState.from_blob(saved)
    except StateError as error:
        messages.LOG.warning(
            "Stream %s starts again without looking for deletions: its state was written by "
            "another version of this connector (%s).",
            name,
            error,
        )
        return StreamState()
