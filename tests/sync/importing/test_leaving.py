"""An agency that leaves takes out what it contributed, and can prove it without the hub."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from dataclasses import replace as changed
from pathlib import Path

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft, OpenBody, check_bodies, check_signature, read
from mash_desktop.domain.entries.contact import ContactOpened, DocumentAttached, NoteAdded
from mash_desktop.domain.entries.identity import HistoryRecorded
from mash_desktop.domain.entries.keeping import DisposalAgreed, DisposalProposed
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.merkle import leaf_hash, verify_inclusion
from sync import cli
from sync.importing import command
from sync.importing.leaving import DOCUMENTS, PROOF, README, export_own
from sync.protocol import act_digest, leaf_bytes
from sync.proving import NOTHING, Proof
from tests.domain.story import Story
from tests.support.desks import PASSPHRASE
from tests.support.relay import Answered, Asked
from tests.support.store import PASSWORD, Desk
from tests.sync.importing.conftest import Importer

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

CONTENT = b"%PDF-1.7 a letter"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def contributed(importer: Importer) -> str:
    """What the importer's agency made: a contact with a note and a document, one note of it disposed of."""
    served, hub = importer.served, importer.hub
    priya = served.desk(hub, "Priya Other", ("scc-children", Role.TRIAGE_OPERATOR))
    stream = f"referral:{uuid7()}"
    opened = next(e.body for e in Story().taken().entries if isinstance(e.body, ContactOpened))
    assert priya.act(Draft(stream, opened)).state == "admitted"
    gone = _note(priya, stream, "A word too many.")
    misfiled = EntryWithdrawn(entry=_note(priya, stream, "Of another family."), reason="Another family's.")
    assert priya.act(Draft(stream, misfiled)).state == "admitted"
    _note(priya, stream, "The school rang.")
    assert priya.client.put(f"/v1/hubs/{hub}/chunks/{DIGEST}", content=CONTENT).status_code == 204
    attached = DocumentAttached(
        document=str(uuid7()),
        title="Letter",
        media_type="application/pdf",
        size=len(CONTENT),
        digest=DIGEST,
        chunks=(DIGEST,),
    )
    assert priya.act(Draft(stream, attached)).state == "admitted"
    other = served.desk(hub, "Ada Osei", ("scc-adults", Role.TRIAGE_OPERATOR))
    known = HistoryRecorded(
        agency="scc-adults", source_system="Care", record="1", cohort="adults", surname="Oak"
    )
    assert other.act(Draft(f"identity:{uuid7()}", known)).state == "admitted"
    _dispose(importer, stream, gone)
    return stream


def _note(desk: Desk, stream: str, words: str) -> str:
    parcel = desk.compose([Draft(stream, NoteAdded(words=words))])
    assert desk.push(parcel)[0].state == "admitted"
    return parcel.bodies[0].entry


def _dispose(importer: Importer, stream: str, entry: str) -> None:
    governance = ("mash", Role.INFORMATION_GOVERNANCE)
    gwen, hal = (importer.served.desk(importer.hub, name, governance) for name in ("Gwen", "Hal"))
    proposed = DisposalProposed(target=stream, entry=entry, reason="It was about somebody else.")
    parcel = gwen.compose([Draft(f"keeping:{stream}", proposed)])
    assert gwen.push(parcel)[0].state == "admitted"
    agreed = DisposalAgreed(target=stream, entry=entry, proposal=parcel.bodies[0].entry)
    assert hal.act(Draft(f"keeping:{stream}", agreed)).state == "admitted"


def test_what_an_agency_contributed_proves_itself_from_its_files_alone(
    importer: Importer,
    contributed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    importer.enrol()
    monkeypatch.setenv(command.PASSPHRASE, PASSPHRASE)
    monkeypatch.setenv(command.PASSWORD, PASSWORD)
    monkeypatch.setenv(command.TOTP, importer.totp_code())
    to = tmp_path / "taken"
    profile = ["--profile", str(importer.profile), "--role", Role.TRIAGE_OPERATOR.value]
    assert cli.main(["export", str(to), "--agency", "scc-children", *profile]) == 0
    capsys.readouterr()
    told = msgspec.json.decode((to / PROOF).read_bytes(), type=Proof)
    head = told.head.verify(told.store_keys.keys[-1])
    enrolled = [msgspec.json.decode(one.said.body) for one in told.hub if one.said.kind == "key.enrolled"]
    keys = {one["key"]: one["public"] for one in enrolled}
    lines = told.entries
    assert [line.said.kind for line in lines] == [
        "contact.opened",
        "note.added",
        "entry.withdrawn",
        "note.added",
        "document.attached",
    ]
    assert [line.said.body == NOTHING for line in lines] == [False, True, False, False, False]
    for line in lines:
        # By hand, as the page beside it says.
        act = read(line.signed)
        check_signature(line.signed, bytes.fromhex(keys[line.said.key]))
        if line.salt is not None:
            check_bodies(act, [OpenBody(line.said.id, bytes(line.said.body), line.salt)], whole=False)
        place = [header.id for header in act.entries].index(line.said.id)
        leaf = leaf_hash(leaf_bytes(line.position, line.admitted_at, act_digest(line.signed), place))
        assert verify_inclusion(leaf, line.position - 1, head.size, line.path, head.root)
        assert (line.said.agency, line.said.stream) == ("scc-children", contributed)
    # And by the one command that checks every proof.
    assert cli.main(["audit", "--check", str(to / PROOF)]) == 0
    assert "5 entries that an agency took out, each proven to be in the log" in capsys.readouterr().out
    (to / PROOF).write_bytes((to / PROOF).read_bytes().replace(b"The school rang.", b"The school sang."))
    assert cli.main(["audit", "--check", str(to / PROOF)]) == 1
    assert "is not proven" in capsys.readouterr().err
    assert (to / DOCUMENTS / DIGEST).read_bytes() == CONTENT
    assert "5 entries" in (to / README).read_text()
    gwen = importer.served.desk(importer.hub, "Gwen Later", ("mash", Role.INFORMATION_GOVERNANCE))
    audited = [
        row for row in gwen.pull() if row.body is not None and b"All that scc-children" in row.body.body
    ]
    assert len(audited) == 1


def test_an_export_never_writes_over_anything(importer: Importer, tmp_path: Path) -> None:
    device, session = importer.signed_in()
    author = device.author(session, Role.TRIAGE_OPERATOR, "scc-children")
    with pytest.raises(Refusal, match="export-there"):
        export_own(device, session, author, tmp_path)


def test_a_folder_that_cannot_be_written_is_a_sentence(importer: Importer, tmp_path: Path) -> None:
    device, session = importer.signed_in()
    author = device.author(session, Role.TRIAGE_OPERATOR, "scc-children")
    (tmp_path / "file").touch()
    with pytest.raises(Refusal, match="export-unwritable") as told:
        export_own(device, session, author, tmp_path / "file" / "taken")
    assert told.value.field == "to"


def test_without_its_place_in_the_audit_trail_nothing_is_written(importer: Importer, tmp_path: Path) -> None:
    device, session = importer.signed_in()
    author = device.author(session, Role.TRIAGE_OPERATOR, "scc-children")
    unsigned = msgspec.structs.replace(device, seed=bytes(32))
    with pytest.raises(Refusal, match="signature-wrong"):
        export_own(unsigned, session, author, tmp_path / "taken")
    assert not (tmp_path / "taken").exists()


@pytest.mark.parametrize(
    ("path", "code"), [("/inclusion", "evidence-wrong"), (f"/chunks/{DIGEST}", "chunk-altered")]
)
def test_a_store_that_lies_is_not_exported_from(
    importer: Importer, contributed: str, tmp_path: Path, path: str, code: str
) -> None:
    relay = importer.relay()
    device, session = importer.signed_in(relay.server)
    author = device.author(session, Role.TRIAGE_OPERATOR, "scc-children")

    def altered(asked: Asked, answered: Answered) -> Answered:
        if path not in asked.path:
            return answered
        lie = b'{"path":[],"size":1}' if path == "/inclusion" else b"another"
        return changed(answered, body=lie)

    relay.alter = altered
    to = tmp_path / "out" / "taken"
    with pytest.raises(Exception, match=code):
        export_own(device, session, author, to)
    assert [*to.parent.glob("*")] == []
    relay.alter = lambda asked, answered: answered
    assert export_own(device, session, author, to) == 5
    assert to.stat().st_mode & 0o777 == 0o700


def test_a_role_that_is_none_and_a_store_that_is_away_are_sentences(
    importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Namespace(profile=importer.profile, role="king", agency="scc-children", to=tmp_path / "taken")
    with pytest.raises(Refusal, match="role-unknown"):
        command.export(asked)
