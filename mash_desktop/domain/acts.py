"""An act: the entries of one user action, signed once, admitted or refused as a whole.

The envelope is final: what is signed is its canonical bytes, which are verified and kept as received.
Bodies travel beside it; the envelope sees only their commitments. Rules are not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from uuid6 import uuid7

from ..proofs.canonical import canonical
from ..proofs.commitment import SALT_BYTES, commit, new_salt
from ..proofs.signature import ACT, SigningKey, verify
from .entries.body import Body, Moment, Unread, decode, encode
from .entries.made import Made
from .errors import Refusal
from .roles import Role


class Seen(msgspec.Struct, frozen=True):
    """The last head that the author's desktop had verified. ``root`` is hex."""

    epoch: int
    size: int
    root: str


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the envelope says of one entry. ``commitment`` is hex of the salted hash of its body."""

    id: str
    stream: str
    kind: str
    v: int
    commitment: str
    guard: str | None = None
    base: str | None = None
    relies_on: tuple[str, ...] = ()


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The envelope. ``clock_offset_ms`` is the measured store clock minus the author's clock."""

    hub: str
    id: str
    author: str
    agency: str
    role: Role
    key: str
    made_at: Moment
    entries: tuple[Header, ...]
    clock_offset_ms: int = 0
    seen: Seen | None = None


class SignedAct(msgspec.Struct, frozen=True, gc=False):
    """Canonical bytes of an :class:`Act` and an Ed25519 signature over them."""

    act: bytes
    signature: bytes


class OpenBody(msgspec.Struct, frozen=True, gc=False):
    """A body in canonical bytes with the salt of its commitment."""

    entry: str
    body: bytes
    salt: bytes


class Parcel(msgspec.Struct, frozen=True):
    """What is pushed and what is pulled: a signed act with those bodies that the holder may have."""

    signed: SignedAct
    bodies: tuple[OpenBody, ...]


class Draft(msgspec.Struct, frozen=True):
    """An entry about to be made. Without ``id`` a new UUIDv7 is taken."""

    stream: str
    body: Body
    base: str | None = None
    relies_on: tuple[str, ...] = ()
    id: str = ""


class Author(msgspec.Struct, frozen=True):
    """Who makes an act: a person, acting in a role of an agency, with one key of one device."""

    person: str
    agency: str
    role: Role
    key: str
    team: str | None = None


def compose(
    hub: str,
    author: Author,
    drafts: Sequence[Draft],
    signing_key: SigningKey,
    made_at: datetime,
    *,
    seen: Seen | None = None,
    clock_offset_ms: int = 0,
    act_id: str | None = None,
) -> Parcel:
    """Sign one act over ``drafts``, in order. ``made_at`` is aware UTC."""
    headers: list[Header] = []
    bodies: list[OpenBody] = []
    for draft in drafts:
        entry_id = draft.id or str(uuid7())
        raw, salt = canonical(encode(draft.body)), new_salt()
        headers.append(
            Header(
                id=entry_id,
                stream=draft.stream,
                kind=draft.body.KIND,
                v=draft.body.VERSION,
                commitment=commit(raw, salt).hex(),
                guard=draft.body.guard,
                base=draft.base,
                relies_on=draft.relies_on,
            )
        )
        bodies.append(OpenBody(entry_id, raw, salt))
    act = Act(
        hub=hub,
        id=act_id or str(uuid7()),
        author=author.person,
        agency=author.agency,
        role=author.role,
        key=author.key,
        made_at=made_at,
        entries=tuple(headers),
        clock_offset_ms=clock_offset_ms,
        seen=seen,
    )
    signed = canonical(msgspec.to_builtins(act))
    return Parcel(SignedAct(signed, signing_key.sign(signed, ACT)), tuple(bodies))


def read(signed: SignedAct) -> Act:
    """The envelope in a signed act. Raises ``Refusal`` (*act-unreadable*) on anything that is not one."""
    try:
        return msgspec.json.decode(signed.act, type=Act)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("act-unreadable", "This act is not in a shape that the hub can read.") from error


def check_signature(signed: SignedAct, public: bytes) -> None:
    """Raise ``Refusal`` (*signature-wrong*) unless ``public`` signed exactly these bytes."""
    if not verify(public, signed.act, signed.signature, ACT):
        raise Refusal("signature-wrong", "The signature does not belong to this act and key.")


def check_body(header: Header, body: OpenBody) -> None:
    """Raise ``Refusal`` (*commitment-wrong*) unless the envelope commits to this body for this entry."""
    if len(body.salt) != SALT_BYTES or commit(body.body, body.salt).hex() != header.commitment:
        raise Refusal("commitment-wrong", "A body in this act is not the one that was signed.")


def check_bodies(act: Act, bodies: Iterable[OpenBody], *, whole: bool) -> Mapping[str, OpenBody]:
    """Match bodies to the commitments in the envelope, by entry id.

    Raises ``Refusal``: *commitment-wrong* where a body is not the one committed to, *body-foreign* where it
    belongs to no entry of the act, *body-missing* where ``whole`` and one is absent.
    """
    headers = {header.id: header for header in act.entries}
    found: dict[str, OpenBody] = {}
    for body in bodies:
        header = headers.get(body.entry)
        if header is None or body.entry in found:
            raise Refusal("body-foreign", "A body in this act belongs to none of its entries.")
        check_body(header, body)
        found[body.entry] = body
    if whole and len(found) != len(headers):
        raise Refusal("body-missing", "A body of this act is missing.")
    return found


def entries_of(
    act: Act,
    bodies: Mapping[str, OpenBody],
    *,
    positions: Mapping[str, int] | None = None,
    admitted_at: datetime | None = None,
) -> tuple[Made[Body], ...]:
    """The entries of an act as this program holds them, in the act's order.

    A body that is not here is :class:`Unread` (*withheld*). Raises ``Refusal`` (*body-misshapen*) where a
    known kind's body does not fit its shape, naming the field.
    """
    made = []
    for header in act.entries:
        held = bodies.get(header.id)
        if held is None:
            body: Body = Unread(why="withheld")
        else:
            try:
                body = decode(header.kind, header.v, held.body)
            except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
                raise Refusal(
                    "body-misshapen", f"An entry {header.kind} cannot be read: {error}", header.kind
                ) from error
        made.append(entry_of(act, header, body, (positions or {}).get(header.id), admitted_at))
    return tuple(made)


def entry_of(
    act: Act, header: Header, body: Body, position: int | None, admitted_at: datetime | None
) -> Made[Body]:
    """One entry of an act, with what the act says of each."""
    return Made(
        id=header.id,
        stream=header.stream,
        kind=header.kind,
        version=header.v,
        body=body,
        act=act.id,
        author=act.author,
        agency=act.agency,
        role=act.role,
        made_at=act.made_at,
        guard=header.guard,
        base=header.base,
        relies_on=header.relies_on,
        commitment=header.commitment,
        key=act.key,
        position=position,
        admitted_at=admitted_at,
    )
