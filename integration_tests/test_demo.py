"""`make demo`, as its user runs it, and its report in a real browser."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from integration_tests.harness import connector

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder with what the demo leaves there, and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "demo.duckdb").write_text("what an earlier, interrupted demo left behind")
    ran = subprocess.run(
        [sys.executable, "-m", "demo", "--folder", str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return folder, ran.stdout


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


@pytest.fixture(scope="module")
def browser() -> str:
    """Chromium, installed if this machine has none: the report is for browsers."""
    if not (found := shutil.which("chromium")):
        for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run(["apt-get", *command], check=True, capture_output=True)
        found = shutil.which("chromium")
    assert found, "Install Chromium (Debian: apt-get install chromium) to test the demo's report."
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_opens_without_an_error_and_shows_every_table(
    demo: tuple[Path, str], browser: str, tmp_path: Path, scheme: str
) -> None:
    """Offline, in both colour schemes; the picture is not empty."""
    page = (demo[0] / "demo-report.html").as_uri()
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-logging=stderr",
        f"--user-data-dir={tmp_path}",
        f"--blink-settings=preferredColorScheme={int(scheme == 'light')}",
        "--window-size=1200,2200",
    ]

    shown = subprocess.run(
        [browser, *options, "--dump-dom", page], capture_output=True, text=True, check=True
    )
    subprocess.run(
        [browser, *options, f"--screenshot={tmp_path / 'report.png'}", page],
        capture_output=True,
        check=True,
    )

    assert "CONSOLE" not in shown.stderr
    text = html.unescape(re.sub(r"<[^>]+>", " ", shown.stdout))
    assert [name for name in connector.streams() if name not in text] == []
    assert not re.search(r"(src|href)=.https?://", shown.stdout)
    assert (tmp_path / "report.png").stat().st_size > 50_000
