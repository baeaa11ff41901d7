"""The report: one HTML file that needs nothing but a browser."""

from __future__ import annotations

from demo.report.page import write_report

__all__ = ["write_report"]
