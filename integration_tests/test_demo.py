"""`make demo`, as its user runs it, and its report in a real browser."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from integration_tests.harness import connector
from integration_tests.harness.browser import (
    Browser,
    Scheme,
    contrast,
    corner,
    luminance,
    parse,
)

REPOSITORY = Path(__file__).parents[1]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

# Two syncs of all streams and a database, on a machine that does other things too.
pytestmark = pytest.mark.timeout(300)


def test_the_tables_equal_the_emulators_world(demo: tuple[Path, str]) -> None:
    """The demo compares both syncs with the world itself, and would fail otherwise."""
    _, said = demo
    assert said.count("✓ 21 tables equal Ordergroove's world") == 2
    assert "exactly these are marked as deleted" in said


def test_the_database_holds_21_tables_with_deletions_of_three_sources(
    demo: tuple[Path, str],
) -> None:
    """Under the stream's names, for any DuckDB client."""
    folder, _ = demo
    with duckdb.connect(str(folder / "demo.duckdb"), read_only=True) as database:
        tables = {
            (schema, name)
            for schema, name in database.execute(
                "SELECT table_schema, table_name FROM information_schema.tables"
            ).fetchall()
            if name in connector.streams()
        }
        sources: set[str] = set()
        for schema, name in sorted(tables):
            query = f'SELECT DISTINCT _og_deletion_source FROM {schema}."{name}" WHERE _og_deleted'  # noqa: S608 our own tables
            sources |= {source for (source,) in database.execute(query).fetchall()}
    assert {name for _, name in tables} == set(connector.streams())
    assert sources == {"reconciliation", "open_orders", "parent"}


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """Chromium, installed if this machine has none: the report is for browsers."""
    if not (found := shutil.which("chromium")):
        for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run(["apt-get", *command], check=True, capture_output=True)
        found = shutil.which("chromium")
    assert found, "Install Chromium (Debian: apt-get install chromium) to test the demo's report."
    return Browser(found, tmp_path)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_report_opens_without_an_error_and_shows_every_table(
    demo: tuple[Path, str], browser: Browser, scheme: Scheme
) -> None:
    """Offline, in both colour schemes."""
    shown, log = browser.read(demo[0] / "demo-report.html", scheme)

    assert "CONSOLE" not in log
    text = html.unescape(re.sub(r"<[^>]+>", " ", shown))
    assert [name for name in connector.streams() if name not in text] == []
    assert not re.search(r"(src|href)=.https?://", shown)


def test_the_report_is_bright_on_a_bright_screen_and_dark_on_a_dark_one(
    demo: tuple[Path, str], browser: Browser
) -> None:
    pictures = {
        scheme: browser.photograph(demo[0] / "demo-report.html", scheme) for scheme in SCHEMES
    }
    assert luminance(corner(pictures["light"])) > 0.85
    assert luminance(corner(pictures["dark"])) < 0.02
    assert {scheme for scheme, picture in pictures.items() if len(picture) < 50_000} == set()


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_report_can_be_read(
    demo: tuple[Path, str], browser: Browser, scheme: Scheme, width: int
) -> None:
    """On a desk and on a telephone: WCAG's contrasts for text and for drawings, nothing cut off."""
    measured = browser.measure(demo[0] / "demo-report.html", scheme, width)

    for kind, least in (("texts", 4.5), ("marks", 3.0)):
        assert len(measured[kind]) > 20
        assert {
            (found["what"], found["colour"], found["ground"])
            for found in measured[kind]
            if contrast(parse(found["colour"]), parse(found["ground"])) < least
        } == set()
    assert measured["overflow"] == 0
    assert measured["wide"] == []
