"""`mash-isl` as an administrator types it: what it prints, its exit codes, and never a traceback."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import psycopg
import pytest
from sqlalchemy import create_engine, text
from uuid6 import uuid7

from mash_desktop.proofs.signature import SigningKey
from sync import cli
from sync.protocol import VERSION, VERSION_HEADER, Enrol
from sync.store.sealing import SECRETS_VARIABLE
from sync.store.sign_in.enrolment import ENROLMENT
from tests.support.postgres import PostgresServer
from tests.support.store import PASSWORD, REPOSITORY


@dataclass
class Installed:
    database: str
    folder: Path
    said: str

    @property
    def where(self) -> list[str]:
        return ["--database", self.database, "--secrets", str(self.folder / "secrets.json")]


@pytest.fixture(scope="module")
def installed(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """A store as `mash-isl init` makes it."""
    folder, name = tmp_path_factory.mktemp("isl"), postgres.new_database()
    found = Installed(postgres.url(name), folder, "")
    done = run("init", *found.where, "--name", "Noor Haddad", "--account", "noor")
    assert done.returncode == 0, done.stderr
    found.said = done.stdout
    yield found
    postgres.drop_database(name)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sync.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=os.environ | environment,
        timeout=60,
        check=False,
    )


def test_init_makes_a_hub_its_first_administrator_and_secrets_that_only_their_owner_reads(
    installed: Installed,
) -> None:
    assert "Hub staffordshire" in installed.said
    assert "Noor Haddad enrols a device with " in installed.said
    assert (installed.folder / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_init_twice_is_refused_and_changes_nothing(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    again = cli.main(["init", *installed.where, "--name", "A N Other", "--account", "other"])
    assert again == 1
    assert capsys.readouterr().err == "There is a hub named staffordshire in this database already.\n"


def test_people_are_added_with_their_roles_and_listed(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    role = "scc-children:gateway_worker:social-work-gateway"
    added = cli.main(
        ["user", "add", *installed.where, "--name", "Tom Hartley", "--account", "tom", "--role", role]
    )
    assert added == 0
    said = capsys.readouterr().out
    made, code, _ = said.split()
    assert len(code.split("-")) == 4
    assert cli.main(["user", "list", *installed.where]) == 0
    assert f"{made}\ttom\tTom Hartley\t{role}" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["user", "add", "--name", "A", "--account", "a", "--role", "police:king"], "is no AGENCY:ROLE"),
        (
            ["user", "add", "--name", "A", "--account", "a", "--role", "nowhere:researcher"],
            "no agency named nowhere",
        ),
        (
            ["user", "add", "--name", "A", "--account", "noor", "--role", "police:researcher"],
            "has an account",
        ),
        (["user", "add", "--name", "A"], "--role"),
        (["user", "list", "--hub", "elsewhere"], "no hub named elsewhere"),
        (["device", "enrol-code", "--account", "nobody"], "no account nobody"),
        (["device", "revoke", "--key", "0", "--reason", "Lost."], "no such key"),
        (["serve", "--listen", "127.0.0.1:0"], "--make-cert"),
        (["serve", "--tls-cert", "/nowhere", "--tls-key", "/nowhere"], "no certificate"),
    ],
)
def test_what_is_refused_is_one_sentence_and_exit_1(
    installed: Installed, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert cli.main([*arguments, *installed.where]) == 1
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    "arguments",
    [[], ["fly"], ["init"], ["user", "add", "--database", "x", "--embedded", "y"], ["serve", "--fast"]],
)
def test_bad_usage_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: mash-isl" in capsys.readouterr().err


def test_no_database_is_a_sentence_and_never_the_password(capsys: pytest.CaptureFixture[str]) -> None:
    address = "postgresql://isl:hunter2@127.0.0.1:1/isl"
    assert cli.main(["init", "--upgrade", "--database", address]) == 1
    said = capsys.readouterr().err
    assert "PostgreSQL does not answer" in said
    assert "hunter2" not in said


def test_agencies_and_devices_are_listed_and_a_device_is_revoked(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["agency", "list", *installed.where]) == 0
    assert "police\tStaffordshire Police\tpolice" in capsys.readouterr().out
    assert cli.main(["device", "enrol-code", "--account", "noor", *installed.where]) == 0
    capsys.readouterr()
    assert cli.main(["device", "list", *installed.where]) == 0
    _, state, name, device = capsys.readouterr().out.splitlines()[0].split("\t")
    assert (state, name, device) == ("good", "The central store", "store")


def test_verify_says_what_it_walked_and_fails_where_a_row_was_changed(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify", *installed.where]) == 0
    assert "are as signed" in capsys.readouterr().out
    engine = create_engine(installed.database)
    change = "update entries set kind = :kind where position = 1"
    try:
        with engine.begin() as db:
            db.execute(text(change), {"kind": "person.enrolled"})
        assert cli.main(["verify", *installed.where]) == 1
        assert capsys.readouterr().err == "Position 1: This entry is not the one that its act signs.\n"
    finally:
        with engine.begin() as db:
            db.execute(text(change), {"kind": "hub.configured"})
        engine.dispose()


def test_a_verification_that_takes_long_shows_how_far_it_is(
    installed: Installed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "SHOWN_SECONDS", 0.0)
    assert cli.main(["verify", *installed.where]) == 0
    assert capsys.readouterr().err == "", "a file or a program that reads it is told of faults only"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert cli.main(["verify", *installed.where]) == 0
    shown = capsys.readouterr().err
    assert "entries checked" in shown
    assert shown.endswith("\n")


def test_secrets_that_others_may_read_are_refused(
    installed: Installed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loose = tmp_path / "secrets.json"
    loose.write_bytes((installed.folder / "secrets.json").read_bytes())
    loose.chmod(0o640)
    assert cli.main(["verify", "--database", installed.database, "--secrets", str(loose)]) == 1
    assert "chmod 600" in capsys.readouterr().err


def test_secrets_may_come_from_the_environment(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(SECRETS_VARIABLE, (installed.folder / "secrets.json").read_text())
    assert cli.main(["verify", "--database", installed.database]) == 0
    monkeypatch.setenv(SECRETS_VARIABLE, '{"wrapping": "a-secret-that-is-wrong"}')
    assert cli.main(["verify", "--database", installed.database]) == 1
    assert "a-secret-that-is-wrong" not in capsys.readouterr().err


@contextmanager
def serve(installed: Installed, tmp_path: Path) -> Iterator[tuple[list[str], httpx.Client]]:
    """The words that ``mash-isl serve`` says at first, and a client of it; it ends when it is told to."""
    process = subprocess.Popen(
        [
            sys.executable, "-m", "sync.cli", "serve", *installed.where, "--listen", "127.0.0.1:0",
            "--make-cert", str(tmp_path / "tls"),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=REPOSITORY,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        words = process.stdout.readline().split()
        context = ssl.create_default_context(cafile=str(tmp_path / "tls" / "tls.crt"))
        headers = {VERSION_HEADER: str(VERSION), "Content-Type": "application/json"}
        with httpx.Client(
            base_url=words[1].rstrip(","), verify=context, headers=headers, timeout=60
        ) as client:
            yield words, client
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_serve_prints_where_and_the_fingerprint_to_pin_and_stops_when_told(
    installed: Installed, tmp_path: Path
) -> None:
    with serve(installed, tmp_path) as (words, client):
        assert words[0] == "Serving"
        assert len(words[-1].split(":")) == 32
        assert client.get("/healthz").json() == {"status": "alive"}
        assert (tmp_path / "tls" / "tls.key").stat().st_mode & 0o777 == 0o600


def test_a_guess_at_a_password_is_as_dear_as_is_recommended(installed: Installed, tmp_path: Path) -> None:
    """RFC 9106, section 4, the second recommended option; other tests are served by a store of cheap ones."""
    code, key = installed.said.split("with the code ")[1].split(",")[0], SigningKey.generate()
    asked = Enrol(
        code=code,
        device=str(uuid7()),
        device_name="Desk in the hub",
        public=key.public,
        proof=key.sign(code.encode(), ENROLMENT),
        password=PASSWORD,
    )
    with serve(installed, tmp_path) as (_, client):
        answer = client.post("/v1/enrol", content=msgspec.json.encode(asked))
        assert answer.status_code == 200, answer.text
    with psycopg.connect(installed.database.replace("+psycopg", "")) as db:
        ((kept,),) = db.execute("SELECT password FROM accounts WHERE account = 'noor'").fetchall()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_an_embedded_store_needs_nothing_else(tmp_path: Path) -> None:
    where = ["--embedded", str(tmp_path / "isl")]
    made = run("init", *where, "--name", "Noor Haddad", "--account", "noor")
    assert (made.returncode, made.stderr) == (0, "")
    done = run("verify", *where)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("bad", ["0", "-1", "x", "1.5"])
@pytest.mark.parametrize("option", [("serve", "--rate"), ("directory", "set", "--check-every")], ids=" ".join)
def test_a_number_out_of_bounds_is_bad_usage(
    option: tuple[str, ...], bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as told:
        cli.main([*option, bad, "--database", "postgresql://127.0.0.1/isl"])
    assert told.value.code == 2
    assert f"{bad} is no whole number from 1 to" in capsys.readouterr().err


def test_an_address_that_is_none_is_refused_and_not_repeated(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = str(installed.folder / "secrets.json")
    for address in ("nowhere:secret", "postgresql://isl:secret@host:port/isl"):
        assert cli.main(["agency", "list", "--database", address, "--secrets", secrets]) == 1
        said = capsys.readouterr().err
        assert said == "That is no address of a database: write it as postgresql://USER@HOST/NAME.\n"
