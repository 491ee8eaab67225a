"""The people of a referral as the file shows them: markers and suppressed addresses hold here too."""

from __future__ import annotations

import msgspec

from ...domain.codes import Marker
from ...domain.entries.contact import ContactDetailRecorded
from ...domain.fold import Referral
from ...domain.fold.levels import levels
from ...domain.fold.people import full_name
from ..desk import Desk
from ..faces import Face, level_face, movement_face
from ..papers.values import markers_of
from ..wording import local

_MARKED = {
    Marker.RESTRICTED: "red",
    Marker.ADDRESS_SUPPRESSED: "violet",
    Marker.NOT_FOR_DISCLOSURE_TO_SUBJECT: "violet",
    Marker.UNSAFE_TO_CONTACT: "amber",
    Marker.REFERRER_ANONYMOUS: "neutral",
}


class FilePerson(msgspec.Struct, frozen=True):
    """One person. ``marks`` are pills: what must be known before anybody acts on the rest."""

    subject: str
    name: str
    born: str
    relation: str
    ground: str
    of_concern: bool
    marks: tuple[Face, ...]
    levels: tuple[tuple[str, Face], ...]
    """*indicative*, *at admission*, *final*, as far as they are known; then how it moved."""
    addresses: tuple[tuple[str, bool], ...]
    """In words, and whether it is suppressed."""
    reach: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]


def people(desk: Desk, stream: str) -> tuple[FilePerson, ...]:
    """Everybody in the referral that this desk holds, people of concern first."""
    referral = desk.referral(stream)
    markers = markers_of(referral, desk.cache.linked_identities(stream))
    found = [
        _person(desk, referral, subject, markers.get(subject, frozenset())) for subject in referral.subjects
    ]
    return tuple(sorted(found, key=lambda person: not person.of_concern))


def _person(desk: Desk, referral: Referral, subject: str, markers: frozenset[Marker]) -> FilePerson:
    body = referral.subjects[subject].body
    today = local(desk.now(), desk.config()).date()
    age = body.birth.say_age(today) if body.birth else ""
    marks = [Face(marker.label.lower(), _MARKED[marker]) for marker in Marker if marker in markers]
    if body.unsafe_to_contact and Marker.UNSAFE_TO_CONTACT not in markers:
        marks.append(Face("unsafe to contact", "amber"))
    if body.alleged_to_cause_harm:
        marks.append(Face("alleged to cause harm", "red"))
    if body.parental_responsibility:
        marks.append(Face("parental responsibility"))
    details = referral.latest(ContactDetailRecorded, "detail").values()
    safe = {True: "", False: " · not safe to use", None: ""}
    labelled = (("NHS", body.nhs_number or ""), ("UPN", body.upn or ""), ("School", body.school))
    return FilePerson(
        subject=subject,
        name=full_name(body),
        born=f"{body.birth.display()}{f' ({age})' if age else ''}" if body.birth else "birth date not known",
        relation="" if body.relation == "subject" else body.relation,
        ground=next((one.ground for one in referral.scope if one.subject == subject), body.ground),
        of_concern=body.of_concern,
        marks=tuple(marks),
        levels=_levels(referral, subject),
        addresses=_addresses(referral, subject, Marker.ADDRESS_SUPPRESSED in markers),
        reach=tuple(
            f"{made.body.medium} {made.body.value}{safe[made.body.safe]}"
            for made in details
            if made.body.subject == subject
        ),
        identifiers=tuple((label, text) for label, text in labelled if text),
    )


def _levels(referral: Referral, subject: str) -> tuple[tuple[str, Face], ...]:
    given = levels(referral).get(subject)
    if given is None:
        return ()
    ladder = referral.ladder
    named = (("indicative", given.indicative), ("at admission", given.admission), ("final", given.final))
    faces = [(label, level_face(ladder, level)) for label, level in named]
    moved = movement_face(given.movement)
    return (
        *((label, face) for label, face in faces if face is not None),
        *((("", moved),) if moved is not None else ()),
    )


def _addresses(referral: Referral, subject: str, all_suppressed: bool) -> tuple[tuple[str, bool], ...]:
    found = []
    for made in referral.addresses:
        body = made.body
        if subject not in body.subjects:
            continue
        if body.suppressed or all_suppressed:
            found.append(("address suppressed", True))
        else:
            until = f", until {body.lived_to.display()}" if body.lived_to else ""
            found.append((f"{', '.join(part for part in (body.line, body.postcode) if part)}{until}", False))
    return tuple(dict.fromkeys(found))
