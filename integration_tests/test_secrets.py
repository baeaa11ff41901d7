"""No output holds a secret, whatever is asked for in whatever detail, and none personal data."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.harness import connector
from integration_tests.harness.clocks import without_waiting
from integration_tests.harness.replica import catalog

if TYPE_CHECKING:
    from emulator.server import Running
    from integration_tests.harness.output import Output

Config = dict[str, Any]

TOKEN = "a-token-of-the-receiver-that-must-not-be-seen"
SALT = "a-salt-of-many-characters-that-must-not-be-seen"
PERSON = "jane.doe+secret@example.com"
STREET = "1600 Quiet Lane"


@pytest.fixture
def files(emulator: Running, config: Config, tmp_path: Path) -> dict[str, str]:
    """The arguments that name a configuration with every secret, and a catalog."""
    secrets = {
        **config,
        "webhook_receiver": {"url": emulator.url, "token": TOKEN},
        "hash_personal_data": {"fields": ["email"], "salt": SALT},
    }
    contents = {"config": secrets, "catalog": catalog(["customer", "resources", "payment"])}
    for name, content in contents.items():
        (tmp_path / name).write_text(json.dumps(content))
    return {name: f"--{name}={tmp_path / name}" for name in contents}


def assert_no_secret(said: str, key: str) -> None:
    for secret in (key, TOKEN, SALT):
        assert secret not in said
        assert json.dumps(secret)[1:-1] not in said


def echo(key: str, status: int) -> dict[str, Any]:
    """A vendor, or a proxy, that quotes the request it did not like."""
    body = json.dumps({"detail": f"no such key: {key}", "headers": {"x-api-key": key}})
    return {"fault": "server_error", "status": status, "body": body}


def test_every_command_in_every_detail(emulator: Running, files: dict[str, str]) -> None:
    """To stdout and to stderr, while answers quote the key as errors."""
    emulator.stage.faults.replace(
        [
            {**echo(emulator.api_key, 400), "path": "resources"},
            {**echo(emulator.api_key, 403), "path": "customers"},
        ]
    )
    commands = {
        "read": [*files.values(), "--debug"],
        "check": [files["config"], "--debug"],
        "discover": [files["config"], "--debug"],
        "doctor": [files["config"]],
    }
    running = {
        command: subprocess.Popen(
            [connector.EXECUTABLE, command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command, arguments in commands.items()
    }
    said = {command: process.communicate(timeout=100)[0] for command, process in running.items()}

    for command, words in said.items():
        assert_no_secret(words, emulator.api_key)
        assert ('"type": "DEBUG"' in words) == ("--debug" in commands[command])
    assert '"RECORD"' in said["read"]
    assert '"INCOMPLETE"' in said["read"]
    assert '"FAILED"' in said["check"]
    assert "FAILED" in said["doctor"]
    assert '"CATALOG"' in said["discover"]


def read(config: Config, stream: str = "customer") -> Output:
    with without_waiting():
        return connector.run("read", config=config, catalog=catalog([stream, "resources"]))


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 409, 422, 500, 503])
def test_key_that_an_answer_quotes(emulator: Running, config: Config, status: int) -> None:
    emulator.stage.faults.replace([{**echo(emulator.api_key, status), "path": "customers"}])

    output = read(config)

    assert output.statuses == {"customer": "INCOMPLETE", "resources": "COMPLETE"}
    assert_no_secret("\n".join(output.lines), emulator.api_key)


@pytest.mark.parametrize("fault", ["foreign_next", "redirect"])
def test_key_that_a_link_quotes(emulator: Running, config: Config, fault: str) -> None:
    host = f"http://{emulator.api_key}.attacker.example/{emulator.api_key}"
    emulator.stage.faults.replace([{"fault": fault, "host": host, "path": "customers"}])

    output = read(config)

    assert output.statuses["customer"] == "INCOMPLETE"
    assert_no_secret("\n".join(output.lines), emulator.api_key)


@pytest.mark.parametrize(
    "key",
    [
        "a-key-long-enough-with-a-line-break\n",
        "a-key-long-enough-with-\r\nX-Header: of-its-own",
        "a-key-long-enough-outside-latin-1-\u0431",
        "a-key-long-enough-with-a-null\x00",
    ],
)
def test_key_that_is_no_header_value_is_refused_and_not_shown(
    emulator: Running, config: Config, key: str
) -> None:
    """Quoted with its special characters escaped, it would escape the masking too."""
    recognisable = key[:23]

    for output in (read({**config, "api_key": key}), _check({**config, "api_key": key})):
        said = "\n".join(output.lines)
        assert recognisable not in said
        assert "api_key" in said
    assert not emulator.stage.log.entries


def _check(config: Config) -> Output:
    with without_waiting():
        return connector.run("check", config=config)


BROKEN_PAGES = {
    "error status 400": {"status": 400, "body": {"email": [PERSON], "detail": STREET}},
    "error status 403": {"status": 403, "body": {"detail": f"{PERSON} may not {STREET}"}},
    "error status 409": {"status": 409, "body": {"detail": f"{PERSON}, {STREET}"}},
    "error status 422": {"status": 422, "body": {"detail": f"{PERSON}, {STREET}"}},
    "error status 500": {"status": 500, "body": {"detail": f"{PERSON}, {STREET}"}},
    "error object": {"status": 200, "body": {"detail": f"{PERSON}, {STREET}"}},
    "no results": {"status": 200, "body": {"next": None, "rows": [{"email": PERSON}]}},
    "row of text": {"status": 200, "body": {"next": None, "results": [PERSON, STREET]}},
    "row without a key": {
        "status": 200,
        "body": {"next": None, "results": [{"email": PERSON, "street": STREET}]},
    },
    "foreign link": {
        "status": 200,
        "body": {"next": f"http://evil.example/?q={PERSON}&s={STREET}", "results": []},
    },
    "link in a circle": {
        "status": 200,
        "body": {"next": f"/customers/?cursor=a&email={PERSON}&s={STREET}", "results": []},
    },
    "link of a wrong type": {"status": 200, "body": {"next": [PERSON, STREET], "results": []}},
}


@pytest.mark.parametrize("name", BROKEN_PAGES)
def test_personal_data_of_an_answer_is_in_no_output(
    emulator: Running, config: Config, name: str
) -> None:
    """Neither in the log nor in a failure's message or trace; at the ordinary level of detail."""
    bad = BROKEN_PAGES[name]
    body = json.dumps(bad["body"])
    emulator.stage.faults.replace(
        [{"fault": "server_error", "status": bad["status"], "body": body, "path": "customers"}]
    )

    output = read(config)

    assert output.statuses["customer"] == "INCOMPLETE"
    for line in output.lines:
        assert PERSON not in line, line
        assert STREET not in line, line


def test_personal_data_of_a_cut_page_is_in_no_output(emulator: Running, config: Config) -> None:
    emulator.stage.faults.replace([{"fault": "truncated_json", "path": "customers"}])
    emails = {row.data["email"] for row in emulator.world["customers"].rows}

    output = read(config)

    assert output.statuses["customer"] == "INCOMPLETE"
    said = "\n".join(output.lines)
    assert not [email for email in emails if email and email in said]
