"""What Airbyte's own checks of a connector ask for, on which no registry has to be asked."""

import re
from typing import Any
from urllib.parse import urlsplit

import yaml

from unit_tests.documents import REPOSITORY, table

METADATA: dict[str, Any] = yaml.safe_load((REPOSITORY / "metadata.yaml").read_text())["data"]
MANIFEST: dict[str, Any] = yaml.safe_load(
    (REPOSITORY / "source_ordergroove" / "manifest.yaml").read_text()
)
PAGE = REPOSITORY / "docs" / "ordergroove.md"
NAME = METADATA["name"]

#: The headings of a source's page: `?` may be absent, an empty one stands for headings of our own.
HEADINGS = [
    NAME,
    "Prerequisites",
    "Setup guide",
    f"Set up {NAME}",
    "For Airbyte Cloud:?",
    "For Airbyte Open Source:?",
    "",
    f"Set up the {NAME} connector in Airbyte?",
    "For Airbyte Cloud:?",
    "For Airbyte Open Source:?",
    "",
    "Supported sync modes",
    "Supported Streams",
    "",
    "Performance considerations?",
    "Data type map?",
    "Limitations & Troubleshooting?",
    "",
    "Tutorials?",
    "Changelog",
]


def headings() -> list[str]:
    """Return the page's headings down to the fourth level, in order."""
    return re.findall(r"^#{1,4} (.+)$", PAGE.read_text(), re.MULTILINE)


def section(heading: str) -> str:
    """Return what stands between a heading and the next one."""
    return re.split(r"^#+ ", PAGE.read_text().split(f"# {heading}\n", 1)[1], flags=re.MULTILINE)[0]


def order() -> re.Pattern[str]:
    """Return the demanded order as a pattern of headings, one a line."""
    known = "|".join(re.escape(heading.rstrip("?")) for heading in HEADINGS if heading)
    parts = {
        heading: rf"(?:{re.escape(heading.rstrip('?'))}\n)" + "?" * heading.endswith("?")
        for heading in HEADINGS
    }
    parts[""] = rf"(?:(?!(?:{known})\n).+\n)*"
    return re.compile("".join(parts[heading] for heading in HEADINGS))


def test_page_has_the_headings_of_a_source_in_their_order() -> None:
    assert order().fullmatch("\n".join([*headings(), ""]))


def test_an_order_of_headings_that_is_not_the_demanded_one_is_noticed() -> None:
    wrong = headings()
    wrong[1], wrong[2] = wrong[2], wrong[1]
    assert not order().fullmatch("\n".join([*wrong, ""]))
    assert not order().fullmatch("\n".join([*headings()[:-1], ""]))


def test_page_opens_as_every_sources_page() -> None:
    sentence = (
        f"This page contains the setup guide and reference information for the [{NAME}]"
        "(https://www.ordergroove.com/) source connector."
    )
    assert section(NAME).split() == ["<HideInUI>", *sentence.split(), "</HideInUI>"]
    assert section("Supported sync modes").splitlines()[1] == (
        f"The {NAME} source connector supports the following [sync modes]"
        "(https://docs.airbyte.com/cloud/core-concepts/#connection-sync-modes):"
    )


def test_prerequisites_name_every_required_setting() -> None:
    spec = MANIFEST["spec"]["connection_specification"]
    titles = [spec["properties"][name]["title"].lower() for name in spec["required"]]
    assert titles == ["api key"]
    assert [title for title in titles if title not in section("Prerequisites").lower()] == []


def test_newest_entry_of_the_changelog_is_this_version() -> None:
    assert section("Changelog").startswith("\n<details>\n  <summary>Expand to review</summary>\n")
    assert table(PAGE, "## Changelog")[0][0] == METADATA["dockerImageTag"]


def test_registry_entry_says_what_the_connector_is() -> None:
    assert re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", METADATA["dockerImageTag"])
    assert METADATA["tags"] == ["language:python", "cdk:low-code"]
    assert METADATA["license"] in {"MIT", "ELv2"}
    assert (REPOSITORY / "LICENSE").read_text().startswith(f"{METADATA['license']} License")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", METADATA["definitionId"])
    assert METADATA["connectorType"] == "source"
    assert METADATA["dockerRepository"] == f"airbyte/{METADATA['githubIssueLabel']}"
    assert METADATA["documentationUrl"] == (
        f"https://docs.airbyte.com/integrations/sources/{PAGE.stem}"
    )
    assert (REPOSITORY / METADATA["icon"]).is_file()


def test_package_and_base_image_are_airbytes() -> None:
    package = METADATA["remoteRegistries"]["pypi"]
    assert package == {"enabled": True, "packageName": f"airbyte-{METADATA['githubIssueLabel']}"}
    assert re.fullmatch(
        r"docker\.io/airbyte/python-connector-base:\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?",
        METADATA["connectorBuildOptions"]["baseImage"],
    )


def test_allowed_hosts_are_those_the_connector_sends_to() -> None:
    """The vendor's of each environment, and the receiver's, which only the user knows."""
    url = MANIFEST["definitions"]["url"]
    vendors = [urlsplit(found).hostname for found in re.findall(r"https://[\w.]+", url)]
    assert sorted(METADATA["allowedHosts"]["hosts"]) == sorted(
        [*map(str, vendors), "${webhook_receiver.url}"]
    )
    receiver = MANIFEST["spec"]["connection_specification"]["properties"]["webhook_receiver"]
    assert "url" in receiver["properties"]


def test_suggested_streams_exist() -> None:
    suggested = METADATA["suggestedStreams"]["streams"]
    assert suggested == sorted(set(suggested))
    assert set(suggested) < set(MANIFEST["definitions"]["streams"])


def test_what_is_shipped_speaks_https_only() -> None:
    """Except to the own machine; and the names of formats are never opened."""
    harmless = re.compile(r"http://(localhost|127\.0\.0\.1|json-schema\.org|www\.w3\.org)\b")
    files = [
        *(REPOSITORY / "source_ordergroove").rglob("*.py"),
        *(REPOSITORY / "source_ordergroove").rglob("*.json"),
        *(REPOSITORY / "source_ordergroove").rglob("*.yaml"),
        *(REPOSITORY / name for name in ("metadata.yaml", "pyproject.toml", "README.md")),
        *(REPOSITORY / name for name in ("Dockerfile", "icon.svg", "docs/ordergroove.md")),
        REPOSITORY / "acceptance-test-config.yml",
    ]
    found = {
        f"{path.relative_to(REPOSITORY)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "http://" in harmless.sub("", line) and not line.lstrip().startswith("#")
    }
    assert found == set()
