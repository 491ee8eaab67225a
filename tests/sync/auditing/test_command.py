"""``mash-isl audit``: who looked at this child, as lines and as JSON, and checked by somebody else."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import msgspec
import pytest

from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.signature import SigningKey
from sync import cli
from sync.auditing import run
from sync.auditing.command import Answer
from sync.importing.command import PASSPHRASE, PASSWORD, TOTP
from sync.protocol import StoreKeys
from tests.support.desks import PASSPHRASE as WORDS
from tests.support.relay import Answered
from tests.support.store import PASSWORD as SECRET
from tests.sync.auditing.conftest import Looking, Officer

# Which PostgreSQL the store has is the same to who asks.
pytestmark = [
    pytest.mark.parametrize("postgres", ["embedded"], indirect=True, scope="session"),
    pytest.mark.usefixtures("loops_apart"),
]


NO_KEYS = msgspec.json.encode(StoreKeys(keys=(), handed_on=(), retired=()))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv(PASSPHRASE, WORDS)
    monkeypatch.setenv(PASSWORD, SECRET)
    return monkeypatch


def test_who_looked_at_this_child_is_answered_with_proofs_that_anybody_can_check(
    looking: Looking, answers: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = tmp_path / "answer.json"
    answers.setenv(TOTP, looking.officer.totp_code())
    assert run(looking.officer.question(person=looking.child, keep=kept)) == 0
    said = capsys.readouterr().out
    *lines, count, root, _ = said.splitlines()
    # What the officer asked before, for other tests, is in the trail too.
    others = [line for line in lines if "governance officer" not in line]
    assert [(*line.split("\t")[1:3], line.split("\t")[4]) for line in others] == [
        (
            "Ruth Okafor",
            "Consultant social worker, Staffordshire children's social care",
            "Looked at a record",
        ),
        ("Priya Nair", "Triage operator, Staffordshire children's social care", "Took a paper out"),
        ("Karen Shaw", "Hub manager, Staffordshire MASH", "Broke the glass"),
        ("Ruth Okafor", "Consultant social worker, Staffordshire children's social care", "Exported"),
        ("Ruth Okafor", "Staffordshire children's social care", "Searched for people"),
    ]
    assert looking.references[0] in others[0]
    assert looking.cast["ruth"].device in others[0]
    assert "through the store" in others[-1]
    assert count.startswith(f"{len(lines)} accesses about {looking.child}, ")
    assert "bruise" not in said
    # Somebody else checks it, with nothing but the file and the key that the hub tells everybody.
    key = looking.device.store_key.hex()
    for more in ([], ["--store-key", key]):
        assert cli.main(["audit", "--check", str(kept), *more]) == 0
        assert capsys.readouterr().out == said
    assert cli.main(["audit", "--check", str(kept), "--store-key", SigningKey.generate().public.hex()]) == 1
    assert "believe none of it" in capsys.readouterr().err
    # And whoever verifies the store holds its whole log to what was answered.
    served = looking.officer.served
    where = [
        "--database",
        served.database,
        "--secrets",
        str(served.secrets_file),
        "--hub",
        looking.officer.hub,
    ]
    assert cli.main(["verify", *where, "--kept", str(kept)]) == 0
    capsys.readouterr()
    # The same for a program, and the asking is in the trail itself.
    assert cli.main(["audit", "--check", str(kept), "--json"]) == 0
    answer = msgspec.json.decode(capsys.readouterr().out, type=Answer)
    assert answer.root in root
    assert [one.detail for one in answer.accesses][:2] == [f"{looking.references[0]} referral file", "full"]
    raw = [row.body.body for row in looking.cast["gwen"].holds().values() if row.body is not None]
    assert any(f"Who looked at {looking.child}".encode() in one for one in raw)


def refused(asked: Namespace) -> tuple[str, str]:
    with pytest.raises(Refusal) as told:
        run(asked)
    assert told.value.sentence
    return told.value.code, told.value.field or ""


def test_what_was_not_said_is_asked_for_by_name(
    looking: Looking, tmp_path: Path, answers: pytest.MonkeyPatch
) -> None:
    ask, child = looking.officer.question, looking.child
    assert refused(ask()) == ("question-incomplete", "person")
    assert cli.main(["audit"]) == 1
    assert refused(ask(person=child, profile=None)) == ("profile-missing", "profile")
    assert refused(ask(person=child, since="Monday")) == ("date-wrong", "from")
    assert refused(ask(person=child, profile=tmp_path))[0] == "vault-missing"
    assert refused(ask(check=tmp_path / "none")) == ("evidence-unreadable", "check")
    (tmp_path / "answer").write_text("{}")
    assert refused(ask(check=tmp_path / "answer", store_key="zz")) == ("evidence-unreadable", "check")
    assert refused(ask(check=tmp_path / "answer")) == ("evidence-unreadable", "check")


def test_a_hub_that_does_not_answer_and_one_that_lies_are_told_apart(
    looking: Looking, answers: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    officer = Officer(looking.officer.served, looking.officer.hub, tmp_path)
    relay = officer.relay()
    officer.enrol(relay.server)
    answers.setenv(TOTP, officer.totp_code())
    assert run(officer.question(person=looking.child)) == 0
    answers.setenv(TOTP, "000000")
    assert refused(officer.question(person=looking.child))[0] == "sign-in-refused"
    answers.setenv(TOTP, officer.totp_code())
    relay.before = lambda asked: Answered(200, NO_KEYS) if asked.path.endswith("/store-keys") else asked
    assert refused(officer.question(person=looking.child)) == ("store-key-unlinked", "")
    relay.close()
    assert refused(officer.question(person=looking.child))[0] == "unreachable"
