"""The envelope: kept examples that any other program comes to byte for byte, and what tampering meets."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.acts import (
    Act,
    Author,
    Draft,
    OpenBody,
    Parcel,
    Seen,
    SignedAct,
    check_bodies,
    check_signature,
    compose,
    entries_of,
    read,
)
from mash_desktop.domain.entries import Unread, encode
from mash_desktop.domain.entries.contact import ConcernRecorded, ContactOpened, NoteAdded
from mash_desktop.domain.entries.decision import DecisionDrafted
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.canonical import canonical
from mash_desktop.proofs.signature import ACT, HEAD, SigningKey

KEPT: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "acts.json").read_text())
KEY = SigningKey.from_bytes(bytes.fromhex(KEPT["seed"]))
PRIYA = Author("priya", "scc-children", Role.TRIAGE_OPERATOR, KEY.key_id)
NOW = datetime(2026, 11, 12, 13, 58, tzinfo=UTC)


def parcel(kept: dict[str, Any]) -> Parcel:
    return Parcel(
        SignedAct(kept["act"].encode(), bytes.fromhex(kept["signature"])),
        tuple(
            OpenBody(one["entry"], one["body"].encode(), bytes.fromhex(one["salt"])) for one in kept["bodies"]
        ),
    )


def composed(*words: str, **more: Any) -> Parcel:
    drafts = [Draft("referral:0", NoteAdded(words=one)) for one in words]
    return compose("staffordshire", PRIYA, drafts, KEY, NOW, **more)


def refusal(signed: SignedAct) -> str:
    with pytest.raises(Refusal) as refused:
        read(signed)
    return refused.value.code


# --- kept examples


@pytest.mark.parametrize("kept", KEPT["acts"], ids=lambda kept: kept["what"])
def test_a_kept_act_is_read_and_proved_by_another_hand(kept: dict[str, Any]) -> None:
    """By the standard library and a signature library alone, as anybody else would have to."""
    signed = kept["act"].encode()
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(KEPT["public"]))
    public.verify(bytes.fromhex(kept["signature"]), b"mash-act-v1\x00" + signed)
    assert hashlib.sha256(bytes.fromhex(KEPT["public"])).hexdigest()[:32] == KEPT["key"]
    envelope = json.loads(signed)
    assert json.dumps(envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == kept["act"]
    for header, body in zip(envelope["entries"], kept["bodies"], strict=True):
        salted = b"mash-commitment-v1\x00" + bytes.fromhex(body["salt"]) + body["body"].encode()
        assert header["commitment"] == hashlib.sha256(salted).hexdigest()
        assert header["id"] == body["entry"]


@pytest.mark.parametrize("kept", KEPT["acts"], ids=lambda kept: kept["what"])
def test_a_kept_act_is_made_again_to_the_same_bytes(kept: dict[str, Any]) -> None:
    whole = parcel(kept)
    act = read(whole.signed)
    assert canonical(msgspec.to_builtins(act)) == whole.signed.act
    assert KEY.sign(whole.signed.act, ACT) == whole.signed.signature
    check_signature(whole.signed, KEY.public)
    made = entries_of(act, check_bodies(act, whole.bodies, whole=True))
    for entry, body in zip(made, whole.bodies, strict=True):
        assert canonical(encode(entry.body)) == body.body
        assert (entry.act, entry.author, entry.role, entry.made_at) == (
            act.id,
            act.author,
            act.role,
            act.made_at,
        )


def test_kept_acts_say_what_they_said() -> None:
    first, second = (read(parcel(kept).signed) for kept in KEPT["acts"])
    opening, concern = entries_of(first, check_bodies(first, parcel(KEPT["acts"][0]).bodies, whole=True))
    assert isinstance(opening.body, ContactOpened)
    assert opening.guard == "stage"
    assert isinstance(concern.body, ConcernRecorded)
    assert concern.body.words == "Zoë said: “He’s at home.” – £5 🙂\n"
    (draft,) = entries_of(second, check_bodies(second, parcel(KEPT["acts"][1]).bodies, whole=True))
    assert isinstance(draft.body, DecisionDrafted)
    assert draft.relies_on == (concern.id,)
    assert (second.seen, second.clock_offset_ms) == (Seen(1, 7, "ab" * 32), -1250)


# --- composing and taking apart


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_what_is_composed_is_read_back(words: list[str]) -> None:
    made = composed(*words)
    act = read(made.signed)
    check_signature(made.signed, KEY.public)
    entries = entries_of(act, check_bodies(act, made.bodies, whole=True), admitted_at=NOW)
    assert [entry.body for entry in entries] == [NoteAdded(words=one) for one in words]
    assert {entry.admitted_at for entry in entries} == {NOW}
    assert len({body.salt for body in made.bodies}) == len(words), "a salt is used once"


def test_ids_are_taken_where_given_and_new_where_not() -> None:
    made = compose(
        "staffordshire",
        PRIYA,
        [
            Draft("referral:0", NoteAdded(words="Rang."), id="e1"),
            Draft("referral:0", NoteAdded(words="Rang.")),
        ],
        KEY,
        NOW,
        act_id="a1",
    )
    act = read(made.signed)
    first, second = act.entries
    assert (act.id, first.id) == ("a1", "e1")
    assert second.id[14] == "7"


def test_who_holds_a_part_still_checks_the_signature_and_sees_no_more_than_commitments() -> None:
    made = composed("Told to all.", "Told to some.")
    act = read(made.signed)
    check_signature(made.signed, KEY.public)
    held = check_bodies(act, made.bodies[:1], whole=False)
    told, withheld = entries_of(act, held, positions={act.entries[0].id: 9})
    assert (told.body, told.position) == (NoteAdded(words="Told to all."), 9)
    assert withheld.body == Unread(why="withheld")
    assert withheld.commitment == act.entries[1].commitment
    assert withheld.position is None
    with pytest.raises(Refusal, match="missing"):
        check_bodies(act, made.bodies[:1], whole=True)


# --- tampering


@given(st.data())
def test_one_changed_byte_anywhere_breaks_the_signature(data: st.DataObject) -> None:
    signed = parcel(KEPT["acts"][0]).signed
    at = data.draw(st.integers(0, len(signed.act) + len(signed.signature) - 1))
    whole = bytearray(signed.act + signed.signature)
    whole[at] ^= data.draw(st.integers(1, 255))
    changed = SignedAct(bytes(whole[: len(signed.act)]), bytes(whole[len(signed.act) :]))
    with pytest.raises(Refusal, match="signature"):
        check_signature(changed, KEY.public)


def test_a_signature_of_another_key_or_over_another_kind_of_thing_does_not_count() -> None:
    signed = composed("Rang.").signed
    for other in (
        SignedAct(signed.act, SigningKey.generate().sign(signed.act, ACT)),
        SignedAct(signed.act, KEY.sign(signed.act, HEAD)),
        SignedAct(signed.act, b""),
    ):
        with pytest.raises(Refusal) as refused:
            check_signature(other, KEY.public)
        assert refused.value.code == "signature-wrong"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (lambda body: OpenBody(body.entry, body.body + b" ", body.salt), "commitment-wrong"),
        (lambda body: OpenBody(body.entry, body.body, bytes(32)), "commitment-wrong"),
        (lambda body: OpenBody(body.entry, body.body, b"short"), "commitment-wrong"),
        (lambda body: OpenBody("another", body.body, body.salt), "body-foreign"),
    ],
)
def test_a_body_that_was_not_the_one_signed_is_refused(changed: Any, code: str) -> None:
    made = composed("Rang.")
    with pytest.raises(Refusal) as refused:
        check_bodies(read(made.signed), [changed(made.bodies[0])], whole=False)
    assert refused.value.code == code


def test_a_body_sent_twice_is_refused() -> None:
    made = composed("Rang.")
    with pytest.raises(Refusal) as refused:
        check_bodies(read(made.signed), [*made.bodies, *made.bodies], whole=True)
    assert refused.value.code == "body-foreign"


@pytest.mark.parametrize("act", [b"", b"{}", b"[]", b"\xff\xfe", b'{"hub": 1}'])
def test_what_is_no_act_is_refused_in_a_sentence(act: bytes) -> None:
    assert refusal(SignedAct(act, b"")) == "act-unreadable"


@pytest.mark.parametrize(
    "change",
    [{"made_at": "2026-11-12T13:58:00"}, {"role": "emperor"}, {"more": 1}, {"entries": [{"id": "e"}]}],
    ids=["a moment without its zone", "a role that is none", "a field that is none", "half an entry"],
)
def test_an_envelope_out_of_shape_is_refused(change: dict[str, Any]) -> None:
    envelope = {**json.loads(KEPT["acts"][0]["act"]), **change}
    assert refusal(SignedAct(json.dumps(envelope).encode(), b"")) == "act-unreadable"


@pytest.mark.parametrize(
    ("kind", "version", "body"),
    [
        ("note.added", 1, b'{"words":7}'),
        ("note.added", 1, b'{"words":"a","more":1}'),
        ("note.added", 1, b"\xff"),
        ("note.added", 0, b'{"words":"a"}'),
        ("note.added", -7, b"[" * 5000),
        ("record.viewed", 1, b'{"target":"t","screen":"s","at":"2026-11-12T13:58:00"}'),
    ],
)
def test_a_body_out_of_shape_is_refused_and_its_kind_named(kind: str, version: int, body: bytes) -> None:
    act = read(composed("Rang.").signed)
    header = msgspec.structs.replace(act.entries[0], kind=kind, v=version)
    changed: Act = msgspec.structs.replace(act, entries=(header,))
    with pytest.raises(Refusal) as refused:
        entries_of(changed, {header.id: OpenBody(header.id, body, bytes(32))})
    assert (refused.value.code, refused.value.field) == ("body-misshapen", kind)
