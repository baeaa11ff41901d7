"""The receiver's Kubernetes manifests are valid, and name what the code has."""

import copy
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from starlette.routing import Route

from webhook_receiver.app import create_app
from webhook_receiver.database import STATEMENT_SECONDS
from webhook_receiver.server import STOP_SECONDS
from webhook_receiver.settings import Settings
from webhook_receiver.store import Store

REPOSITORY = Path(__file__).parents[1]
FOLDER = REPOSITORY / "deploy" / "kubernetes"
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
MANIFESTS: dict[str, dict[str, Any]] = {
    name: yaml.safe_load((FOLDER / name).read_text()) for name in KUSTOMIZATION["resources"]
}
POD: dict[str, Any] = MANIFESTS["deployment.yaml"]["spec"]["template"]
[CONTAINER] = POD["spec"]["containers"]
SECRETS = {
    "DATABASE_URL": "postgresql://user:password@host/database",
    "WEBHOOK_VERIFICATION_KEYS": "a-verification-key",
    "WEBHOOK_EVENTS_TOKEN": "a-token-of-sixteen",
}
VERSIONS = ["1.30", "1.37"]


def violation(manifest: dict[str, Any], version: str) -> str | None:
    """Return what Kubernetes' own schema, unknown fields refused, has against *manifest*."""
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return str(error.message)
    return None


@pytest.fixture
def routes(tmp_path: Path) -> set[str]:
    """Paths that the application answers."""
    url = f"sqlite:///{tmp_path / 'webhooks.db'}"
    settings = Settings.from_environment({**SECRETS, "DATABASE_URL": url})
    with Store.open(settings.database_url) as store:
        return {
            route.path for route in create_app(settings, store).routes if isinstance(route, Route)
        }


def test_every_manifest_is_applied() -> None:
    assert sorted([*MANIFESTS, "kustomization.yaml"]) == sorted(
        path.name for path in FOLDER.glob("*.yaml")
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", MANIFESTS)
def test_manifest_is_what_kubernetes_accepts(name: str, version: str) -> None:
    assert violation(MANIFESTS[name], version) is None


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("key", "value", "objection"),
    [
        ("livenessprobe", {}, "unexpected"),
        ("ports", [{"containerPort": "http"}], "not of type 'integer'"),
        ("name", None, "is not of type 'string'"),
    ],
    ids=["a field Kubernetes does not know", "a wrong type", "null for what is required"],
)
def test_a_mistake_in_a_manifest_is_found(
    key: str, value: Any, objection: str, version: str
) -> None:
    broken = copy.deepcopy(MANIFESTS["deployment.yaml"])
    broken["spec"]["template"]["spec"]["containers"][0][key] = value
    assert objection in (violation(broken, version) or "")


def test_the_receiver_starts_with_the_variables_it_is_given() -> None:
    """All are settings of its own, their values are accepted, and none that it needs is missing."""
    given = {
        entry["name"]: entry.get("value", SECRETS.get(entry["name"])) for entry in CONTAINER["env"]
    }
    settings = Settings.from_environment(given)
    assert set(given) - {setting.name.upper() for setting in fields(Settings)} == set()
    assert settings.host == "0.0.0.0"  # noqa: S104 the pod's own address is not known before
    assert settings.port == CONTAINER["ports"][0]["containerPort"]


def test_secrets_come_by_reference_and_the_readme_says_which() -> None:
    rows = re.findall(r"^ *\| `(\w+)` \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
    referenced = {
        entry["name"]: entry["valueFrom"]["secretKeyRef"]
        for entry in CONTAINER["env"]
        if "valueFrom" in entry
    }
    assert referenced == {key: {"name": "webhook-receiver", "key": key} for key in SECRETS}
    assert rows == list(SECRETS)
    assert (
        f"create secret generic {referenced['DATABASE_URL']['name']} "
        in (FOLDER / "README.md").read_text()
    )
    assert {manifest["kind"] for manifest in MANIFESTS.values()}.isdisjoint({"Secret"})


def test_what_is_asked_of_the_port_is_answered(routes: set[str]) -> None:
    """The database decides where webhooks go, never whether a process lives."""
    probes = {
        name: (CONTAINER[name]["httpGet"]["path"], CONTAINER[name]["httpGet"]["port"])
        for name in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    annotations = POD["metadata"]["annotations"]
    [rule] = MANIFESTS["ingress.yaml"]["spec"]["rules"]
    assert probes == {
        "startupProbe": ("/healthz", "http"),
        "livenessProbe": ("/healthz", "http"),
        "readinessProbe": ("/readyz", "http"),
    }
    asked = {path for path, _ in probes.values()} | {annotations["prometheus.io/path"]}
    assert (asked | {path["path"] for path in rule["http"]["paths"]}) - routes == set()
    assert annotations["prometheus.io/port"] == str(CONTAINER["ports"][0]["containerPort"])
    assert CONTAINER["readinessProbe"]["timeoutSeconds"] > STATEMENT_SECONDS


def test_everything_means_the_same_pods_and_the_same_port() -> None:
    labels = POD["metadata"]["labels"]
    specs = {name: manifest.get("spec", {}) for name, manifest in MANIFESTS.items()}
    selectors = [
        specs["deployment.yaml"]["selector"]["matchLabels"],
        specs["service.yaml"]["selector"],
        specs["pod-disruption-budget.yaml"]["selector"]["matchLabels"],
        specs["network-policy.yaml"]["podSelector"]["matchLabels"],
        *(
            spread["labelSelector"]["matchLabels"]
            for spread in POD["spec"]["topologySpreadConstraints"]
        ),
    ]
    target = specs["autoscaler.yaml"]["scaleTargetRef"]
    [path] = specs["ingress.yaml"]["rules"][0]["http"]["paths"]
    [service_port] = specs["service.yaml"]["ports"]
    [admitted] = specs["network-policy.yaml"]["ingress"]

    assert selectors == [labels] * len(selectors)
    deployment = MANIFESTS["deployment.yaml"]
    assert (target["kind"], target["name"]) == (deployment["kind"], deployment["metadata"]["name"])
    assert path["backend"]["service"] == {
        "name": MANIFESTS["service.yaml"]["metadata"]["name"],
        "port": {"name": service_port["name"]},
    }
    assert CONTAINER["ports"][0]["name"] == service_port["targetPort"] == "http"
    assert admitted["ports"] == [{"protocol": "TCP", "port": "http"}]
    assert MANIFESTS["namespace.yaml"]["metadata"]["name"] == KUSTOMIZATION["namespace"]


def test_a_stop_has_the_time_it_may_take() -> None:
    pause = CONTAINER["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert POD["spec"]["terminationGracePeriodSeconds"] > pause + STOP_SECONDS + STATEMENT_SECONDS


def test_a_rollout_and_a_drained_node_leave_replicas_running() -> None:
    rollout = MANIFESTS["deployment.yaml"]["spec"]["strategy"]["rollingUpdate"]
    budget = MANIFESTS["pod-disruption-budget.yaml"]["spec"]["maxUnavailable"]
    assert rollout == {"maxSurge": 1, "maxUnavailable": 0}
    assert budget < MANIFESTS["autoscaler.yaml"]["spec"]["minReplicas"]


def test_the_container_may_do_nothing_but_serve() -> None:
    assert POD["spec"]["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    egress = MANIFESTS["network-policy.yaml"]["spec"]["egress"]
    assert sorted({port["port"] for rule in egress for port in rule["ports"]}) == [53, 5432]


def test_the_image_is_the_one_that_make_and_compose_build() -> None:
    [image] = KUSTOMIZATION["images"]
    made = re.search(
        r"^RECEIVER_IMAGE \?= (\S+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE
    )
    compose = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())["services"]["receiver"]
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    assert made is not None
    assert CONTAINER["image"] == image["name"] == made[1]
    assert compose["image"] == f"${{RECEIVER_IMAGE:-{image['name']}:dev}}"
    assert image["newName"].rpartition("/")[2] == image["name"]
    assert image["newTag"] == version
