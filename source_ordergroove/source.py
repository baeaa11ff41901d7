"""The connector's one class."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    Status,
)
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.diagnosis.probe import Answer, probe
from source_ordergroove.diagnosis.verdict import DECISIVE, unreachable, verdict
from source_ordergroove.pipeline.declaration import declarations
from source_ordergroove.pipeline.messages import singly
from source_ordergroove.pipeline.plan import Plan, saved_states, unavailable, walk_catalog
from source_ordergroove.pipeline.refusal import refusal
from source_ordergroove.pipeline.settings import Settings
from source_ordergroove.pipeline.sync import Sync

_CDC_COLUMN = {
    "type": ["null", "string"],
    "format": "date-time",
    "airbyte_type": "timestamp_with_timezone",
    "description": "When the connector decided that the row is deleted; null on a live row. "
    "Destinations apply their setting for deletions to it.",
}

_STAND_IN = {"api_key": "refused"}


class SourceOrdergroove(YamlDeclarativeSource):
    """Ordergroove as an Airbyte source: the manifest says what to read, the pipeline what it means.

    `spec`, streams, requests and concurrency are the CDK's, from `manifest.yaml`. This class wraps
    its `read` into the pipeline and lets `check` ask every endpoint.
    """

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
        *,
        whole_pages: bool = False,
    ) -> None:
        """Load the manifest for *config*; catalog and state are taken by `read`.

        With *whole_pages* `read` passes a page's records on as one `Rows` (`entrypoint.py`).
        """
        # The CDK must not see the state: its cursors would make slices of ours.
        super().__init__(catalog=catalog, config=config, state=None, path_to_yaml="manifest.yaml")
        self.logger.addFilter(_about_records)
        self._whole_pages = whole_pages
        self._reading: Iterator[AirbyteMessage] | None = None
        self._refusal: AirbyteTracedException | None = None

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """Look through the configuration before any command uses it.

        A refused one is replaced by a stand-in: the CDK would refuse it first, without naming the
        setting, and quoting its value.
        """
        specification = self.spec(self.logger).connectionSpecification
        self._refusal = refusal(config, specification)
        return _STAND_IN if self._refusal else super().configure(config, temp_dir)

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """Return the streams; in deletion mode `cdc` with the column that destinations act on."""
        self._refuse()
        catalog = super().discover(logger, config)
        if Settings.of(config).deletion_mode == "cdc":
            for stream in catalog.streams:
                stream.json_schema["properties"]["_ab_cdc_deleted_at"] = _CDC_COLUMN
        return catalog

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Ask every endpoint for one row and say in the user's words what is wrong."""
        if self._refusal:
            return AirbyteConnectionStatus(status=Status.FAILED, message=self._refusal.message)
        _, answers = self.probe(logger, config)
        return verdict(answers, Settings.of(config))

    def probe(
        self, logger: logging.Logger, config: Mapping[str, Any]
    ) -> tuple[dict[str, str], dict[str, Answer]]:
        """Return the endpoints and what each answered, by walked stream."""
        known = declarations(self.resolved_manifest)
        walked = dict.fromkeys(known[stream.name].walked for stream in self.streams(config))
        # If the decisive endpoint cannot be reached at all, a dozen others tell no more, slowly.
        answers = self._ask(logger, config, [DECISIVE])
        if not unreachable(answers):
            answers |= self._ask(logger, config, [name for name in walked if name != DECISIVE])
        return {name: known[name].endpoint for name in walked}, answers

    def _ask(
        self, logger: logging.Logger, config: Mapping[str, Any], walked: list[str]
    ) -> dict[str, Answer]:
        overrides = self.resolved_manifest["check"]["config_overrides"]
        with closing(type(self)(config={**config, **overrides})) as source:
            return probe(source.walks(logger, config, walk_catalog(walked)))

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Read the selected streams from where *state* stands."""
        self._refuse()
        schemas = {stream.name: stream.get_json_schema() for stream in self.streams(config)}
        plan = Plan(declarations(self.resolved_manifest), schemas, Settings.of(config))
        families = plan.families(catalog, saved_states(state))
        walks = self.walks(logger, config, walk_catalog(families))
        self._reading = Sync(families, unavailable(catalog, schemas)).run(walks)
        yield from self._reading if self._whole_pages else singly(self._reading)

    def walks(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
    ) -> Iterator[AirbyteMessage]:
        """Return the CDK's own messages: its records are events of walks (`walk.py`)."""
        return super().read(logger, config, catalog)

    def _refuse(self) -> None:
        if self._refusal:
            raise self._refusal

    def close(self) -> None:
        """Stop reading threads that wait for a main thread which gave up."""
        if self._reading:
            self._reading.close()  # type: ignore[attr-defined] # it is a generator


def _about_records(entry: logging.LogRecord) -> bool:
    """Drop the CDK's counts: what it counts as records are pages here."""
    return not str(entry.msg).startswith("Read ") or " records from " not in str(entry.msg)
