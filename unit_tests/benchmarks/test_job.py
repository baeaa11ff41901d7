import orjson
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.output import count_rows, states_in
from benchmarks.peers.job import Job, Table

TEXT = st.text(st.characters(codec="utf-8"))


@given(st.dictionaries(TEXT, st.builds(Table, TEXT, TEXT)), st.booleans(), st.none() | TEXT)
def test_a_peer_is_told_what_the_runner_says(
    streams: dict[str, Table],
    incremental: bool,  # noqa: FBT001 hypothesis makes it
    state: str | None,
) -> None:
    job = Job("http://h", "k", streams, "/w", incremental, state)
    assert Job.of(["peer", job.to_json()]) == job


def test_states_are_the_last_of_each_stream() -> None:
    lines = [
        {"type": "STATE", "state": {"type": "STREAM", "stream": stream(name, n), "sourceStats": {}}}
        for n, name in enumerate(["a", "b", "a", "c"])
    ]
    text = b"\n".join([*map(orjson.dumps, lines), b'{"type":"LOG"}'])
    assert orjson.loads(states_in(text, without="c")) == [
        {"type": "STREAM", "stream": stream("a", 2)},
        {"type": "STREAM", "stream": stream("b", 1)},
    ]


def stream(name: str, number: int) -> dict[str, object]:
    return {"stream_descriptor": {"name": name}, "stream_state": {"n": number}}


def test_rows_are_record_lines_unless_the_peer_counts_itself() -> None:
    records = b'{"type":"RECORD"}\n' * 3
    assert count_rows(records + b'{"type":"STATE"}\n') == 3
    assert count_rows(records + b'{"rows":17}\n') == 17
