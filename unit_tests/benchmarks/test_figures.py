from typing import Any

import pytest

from benchmarks.figures import capacity, figures, share


def run(
    entrant: str,
    cpu: float,
    *,
    case: str = "c",
    latency: float = 0.0,
    window: float = 2.0,
    service: float = 0.01,
    rows: int = 1000,
) -> dict[str, Any]:
    return {
        "case": case,
        "entrant": entrant,
        "round": 0,
        "latency": latency,
        "streams": 5,
        "used": {"wall": 3.0, "cpu": cpu, "memory": 90.0, "rows": rows},
        "served": {"requests": 200, "window": window, "cpu": 0.5, "service": service},
    }


def test_cpu_is_the_median_without_start_up_for_100_000_rows() -> None:
    runs = [run("a", cpu) for cpu in (2.0, 9.0, 3.0)]
    runs += [run("a", cpu, case="start-up") for cpu in (1.0, 1.0, 5.0)]
    found = figures(runs)
    assert list(found) == ["c"]
    assert found["c"]["a"].cpu == pytest.approx(200.0)
    assert found["c"]["a"].rows_per_second == 500.0


def test_without_a_measured_start_up_no_cpu_is_claimed() -> None:
    assert figures([run("a", 2.0)])["c"]["a"].cpu is None


def test_share_is_one_when_each_table_waits_for_nothing_but_the_vendor() -> None:
    assert share(200, 5, 0.05, 0.01, 40 * 0.06) == pytest.approx(1.0)
    assert share(200, 5, 0.05, 0.01, 80 * 0.06) == pytest.approx(0.5)
    assert share(200, 5, 0.0, 0.01, 1.0) is None


def test_service_time_is_that_of_the_client_that_bothers_the_vendor_least() -> None:
    found = figures(
        [
            run("calm", 1.0, latency=0.05, service=0.01, window=2.4),
            run("busy", 1.0, latency=0.05, service=0.05, window=4.8),
        ]
    )["c"]
    assert found["calm"].share == pytest.approx(1.0)
    assert found["busy"].share == pytest.approx(0.5)


def test_capacity_is_taken_from_the_fastest_run() -> None:
    assert capacity([run("a", 1.0, window=2.0), run("b", 1.0, window=0.8)]) == (400.0, 250.0)
