"""The page: figures and plots, put into the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from demo.board import Board
from demo.report.figures import Figures, figures
from demo.report.plots import bars, curve, waffle
from demo.tables import Tables

BARS = {"top": 28, "bottom": 190}
"""Pixels: above is room for the values, below for the weeks."""

CURVE = {"top": 8, "bottom": 190}

FIELD = {"high": 10, "size": 7, "pitch": 9}
"""Squares to a column, and pixels of a square and from one to the next."""


def write_report(
    path: Path, tables: Tables, streams: Sequence[str], boards: Sequence[Board]
) -> None:
    """Write the report on these syncs to *path*."""
    path.write_text(page(figures(tables, streams, boards)), encoding="utf-8")


def page(shown: Figures) -> str:
    """Return the page as HTML; it loads nothing and runs no script."""
    environment = Environment(
        loader=PackageLoader("demo.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,.0f}"
    environment.filters["day"] = _day
    return environment.get_template("page.html").render(_plotted(shown))


def _plotted(shown: Figures) -> Mapping[str, Any]:
    return {
        "shown": shown,
        "bars": bars([float(week.revenue) for week in shown.weeks], **BARS),
        "curve": curve(shown.active, **CURVE),
        "field": [waffle({"live": line.live, **line.gone}, **FIELD) for line in shown.lines],
        "longest": max(line.live + line.deleted for line in shown.lines),
        "revenue": sum(week.revenue for week in shown.weeks),
        "upcoming": sum(week.orders for week in shown.weeks),
    }


def _day(day: date) -> str:
    """Write a date as in "3 March 2026"."""
    return f"{day.day} {day:%B %Y}"
