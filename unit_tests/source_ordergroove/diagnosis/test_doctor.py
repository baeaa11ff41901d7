"""`source-ordergroove doctor`: facts for people and for programs, no merchant's data."""

import json
from pathlib import Path

import pytest

from source_ordergroove import errors
from source_ordergroove.diagnosis import doctor
from source_ordergroove.diagnosis.doctor import Report
from source_ordergroove.diagnosis.probe import Answer

ENDPOINTS = {"customer": "/customers/", "resources": "/resources/", "orders": "/orders/"}
GOOD = {
    "customer": Answer("customer", rows=1, seconds=0.250, clock=-0.4),
    "resources": Answer("resources", rows=1, count=14, seconds=0.100, clock=75.0),
    "orders": Answer("orders", rows=0, seconds=0.200, clock=2.0),
}
FORBIDDEN = {
    **GOOD,
    "orders": Answer("orders", error=errors.endpoint_forbidden("orders", "/orders/")),
}


def test_report_for_people_has_a_line_for_each_endpoint() -> None:
    """The clock is the fastest answer's: it had the least time to be wrong."""
    text = Report(ENDPOINTS, GOOD, {"customer": 900, "orders": 1100}).as_text()
    assert [line.split() for line in text.splitlines()] == [
        ["stream", "endpoint", "answer", "ms", "rows"],
        ["customer", "/customers/", "ok", "250", "yes"],
        ["resources", "/resources/", "ok", "100", "14"],
        ["orders", "/orders/", "ok", "200", "none"],
        [],
        [
            "clock:",
            "Ordergroove",
            "is",
            "75",
            "s",
            "ahead",
            "of",
            "this",
            "machine;",
            "set",
            "this",
            "machine's",
            "clock",
        ],
        ["state:", "2,000", "bytes,", "largest", "orders", "with", "1,100"],
    ]


def test_report_for_programs_names_the_problem() -> None:
    report = Report(ENDPOINTS, FORBIDDEN, {}).as_json()
    assert (report["healthy"], report["clock_difference_seconds"]) == (False, 75.0)
    assert report["endpoints"][2] == {
        "stream": "orders",
        "endpoint": "/orders/",
        "readable": False,
        "milliseconds": None,
        "has_rows": None,
        "count": None,
        "problem": FORBIDDEN["orders"].error.message if FORBIDDEN["orders"].error else None,
    }


@pytest.mark.parametrize(
    ("answers", "code"), [(GOOD, 0), (FORBIDDEN, 1), ({"customer": GOOD["customer"]}, 1), ({}, 1)]
)
def test_exit_code_tells_whether_every_endpoint_answered(
    answers: dict[str, Answer], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """An endpoint that was never asked is not one that answered."""
    assert doctor.show(Report(ENDPOINTS, answers, {}), as_json=True) == code
    assert json.loads(capsys.readouterr().out)["healthy"] is (code == 0)


def test_without_a_date_the_clock_is_unknown() -> None:
    silent = {"customer": Answer("customer", rows=1, seconds=0.1)}
    assert "clock: unknown" in Report({"customer": "/customers/"}, silent, {}).as_text()


def test_state_is_measured_by_stream(tmp_path: Path) -> None:
    stream = {"stream_descriptor": {"name": "orders"}, "stream_state": {"version": 1}}
    file = tmp_path / "state.json"
    file.write_text(json.dumps([{"type": "STREAM", "stream": stream}]))
    assert doctor.state_sizes(file) == {"orders": len(json.dumps(stream))}
    assert doctor.state_sizes(None) == {}
