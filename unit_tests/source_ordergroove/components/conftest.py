import pytest


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that were asked to be slept, in order; none of them is."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept
