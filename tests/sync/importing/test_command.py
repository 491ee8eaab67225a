"""``mash-isl import``: what it asks, what it says, and that every failure is a sentence."""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace as changed
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from sync import protocol
from sync.importing.command import PASSPHRASE, PASSWORD, TOTP, run
from sync.store.serving import fingerprint
from tests.support.desks import PASSPHRASE as WORDS
from tests.support.relay import Answered, Asked
from tests.support.store import PASSWORD as SECRET
from tests.support.store import REPOSITORY
from tests.sync.importing.conftest import Importer, history, intake

# Which PostgreSQL the store has is the same to who imports.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What a script answers with, all but the code."""
    monkeypatch.setenv(PASSPHRASE, WORDS)
    monkeypatch.setenv(PASSWORD, SECRET)
    return monkeypatch


def test_a_computer_is_enrolled_and_an_authenticator_that_was_used_is_shown_no_more(
    importer: Importer, answers: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def enrol(code: str, profile: Path) -> int:
        url, mark = importer.server.url, fingerprint(importer.served.cert)
        return run(importer.asked("enrol", url=url, fingerprint=mark, code=code, profile=profile))

    assert enrol(importer.code, importer.profile) == 0
    codes, address = capsys.readouterr().out.splitlines()
    assert codes.startswith("Recovery codes, each good once, shown once: ")
    importer.totp = address[address.index("otpauth://") :]
    answers.setenv(TOTP, importer.totp_code())
    taken = importer.asked("history", history(importer.folder, 1), rejects=importer.folder / "rejects.csv")
    assert run(taken) == 0
    capsys.readouterr()
    code, _ = importer.served.code(importer.hub, importer.account)
    assert enrol(code, importer.folder / "second") == 0
    assert capsys.readouterr().out == "Enrolled.\n"


def test_a_file_imported_says_what_came_of_it_and_writes_what_was_not_taken(
    importer: Importer, answers: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    importer.enrol()
    rejects = tmp_path / "rejects.csv"
    for said in ("3 added, 0 there already, 1 rejected.\n", "0 added, 3 there already, 1 rejected.\n"):
        answers.setenv(TOTP, importer.totp_code())
        assert run(importer.asked("history", history(tmp_path, 4), rejects=rejects)) == 0
        shown = capsys.readouterr()
        assert shown.out == said
        assert "reading 100 %  3 sound, 1 rejected" in shown.err
    (reject,) = csv.DictReader(rejects.read_text(encoding="utf-8").splitlines())
    assert (reject["line"], reject["code"]) == ("24", "bad-date")


@pytest.mark.parametrize(("what", "sound"), [("history", 3), ("intake", 7)])
def test_a_dry_run_reads_the_file_and_needs_no_store(
    importer: Importer, capsys: pytest.CaptureFixture[str], tmp_path: Path, what: str, sound: int
) -> None:
    file = history(tmp_path, 4) if what == "history" else intake(tmp_path, slice(1, 9))
    rejects = tmp_path / "rejects.csv"
    before = importer.log_size()
    for kept in (None, rejects):
        assert run(importer.asked(what, file, dry_run=True, profile=None, rejects=kept)) == 0
        assert f"{sound} sound. Nothing was sent." in capsys.readouterr().out
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 2
    assert importer.log_size() == before


def test_a_question_is_put_to_a_person_where_one_is_there(importer: Importer, tmp_path: Path) -> None:
    importer.enrol()
    mine, theirs = os.openpty()
    command = [
        sys.executable, "-m", "sync.cli", "import", "intake", str(intake(tmp_path, slice(1, 2))),
        "--profile", str(importer.profile),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert process.stdout is not None
        answers: dict[str, Callable[[], str]] = {
            "Passphrase: ": lambda: WORDS,
            "Password: ": lambda: SECRET,
            "Code from the authenticator: ": importer.totp_code,
        }
        for question, answer in answers.items():
            asked = ""
            while not asked.endswith(question):
                some = process.stderr.read(1)
                assert some, asked
                asked += some
            os.write(mine, f"{answer()}\n".encode())
        assert process.stdout.read() == "1 added, 0 there already, 0 rejected.\n"
        assert SECRET not in process.stderr.read()
    os.close(theirs)
    os.close(mine)
    assert process.returncode == 0


def refused(importer: Importer, what: str, file: Path | None = None, **options: object) -> tuple[str, str]:
    with pytest.raises(Refusal) as told:
        run(importer.asked(what, file, **options))
    assert told.value.sentence
    return told.value.code, told.value.field or ""


def test_what_was_not_said_is_asked_for_by_name(importer: Importer, tmp_path: Path) -> None:
    file = tmp_path / "intake.csv"
    assert refused(importer, "intake") == ("file-missing", "file")
    assert refused(importer, "intake", file, profile=None) == ("profile-missing", "profile")
    assert refused(importer, "intake", file, role="headmaster") == ("role-unknown", "role")
    assert refused(importer, "intake", file) == ("answer-missing", PASSPHRASE)
    assert refused(importer, "enrol", url=importer.server.url, code="x") == ("not-enrolled", "code")


def test_a_hub_that_cannot_be_reached_and_one_that_lies_are_told_apart(
    importer: Importer, answers: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    gone = f"https://127.0.0.1:{port}"
    assert refused(importer, "enrol", url=gone, fingerprint="00", code="x") == ("unreachable", "")

    relay = importer.relay()

    def forged(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/feed"):
            return answered
        page = msgspec.json.decode(answered.body, type=protocol.Page)
        head = replace(page.head, signature=bytes(64))
        return changed(answered, body=msgspec.json.encode(replace(page, head=head)))

    relay.alter = forged
    importer.enrol(relay.server)
    answers.setenv(TOTP, importer.totp_code())
    file = intake(tmp_path, slice(1, 2))
    assert refused(importer, "intake", file, role=Role.TRIAGE_OPERATOR.value) == ("head-forged", "")
