"""Single values as the documents take them: dates, levels, movements, people, who they are to each other."""

from __future__ import annotations

from datetime import date

from ...documents import content as paper
from ...domain.codes import Marker, Voice
from ...domain.codes import Sex as SexCode
from ...domain.configuration import Ladder
from ...domain.entries.contact import AddressRecorded
from ...domain.entries.made import Made
from ...domain.fold import Identity, Referral
from ...domain.fold.levels import Levels
from ...domain.fold.people import full_name, relationships
from ...domain.ladders import Movement
from ...domain.partial_date import PartialDate
from ..faces import level_face

SEX = {
    SexCode.MALE: paper.Sex.MALE,
    SexCode.FEMALE: paper.Sex.FEMALE,
    SexCode.UNKNOWN: paper.Sex.UNKNOWN,
    None: paper.Sex.UNKNOWN,
}
EVIDENCE = {
    Voice.FACT: paper.Evidence.FACT,
    Voice.SEEN: paper.Evidence.SEEN,
    Voice.OPINION: paper.Evidence.OPINION,
    Voice.TOLD: paper.Evidence.TOLD,
}
_MOVED = {
    Movement.UP: paper.Movement.UP,
    Movement.DOWN: paper.Movement.DOWN,
    Movement.CONFIRMED: paper.Movement.CONFIRMED,
}
_TONES = {"red": paper.Tone.RED, "amber": paper.Tone.AMBER, "neutral": paper.Tone.PLAIN}


def civil(on: PartialDate) -> paper.CivilDate:
    return paper.CivilDate(on.year, on.month, on.day, on.estimated)


def level(ladder: Ladder | None, given: str | None) -> paper.Level | None:
    face = level_face(ladder, given)
    return paper.Level(face.text, _TONES[face.tone]) if face is not None else None


def decision(
    referral: Referral, subject: str, given: Levels, intervention: str = "", rationale: str = ""
) -> paper.SubjectDecision:
    ladder = referral.ladder
    return paper.SubjectDecision(
        person=subject,
        indicative=level(ladder, given.indicative),
        admission=level(ladder, given.admission),
        final=level(ladder, given.final),
        movement=_MOVED[given.movement] if given.movement is not None else None,
        intervention=intervention,
        rationale=rationale,
    )


def people(referral: Referral, identities: tuple[Identity, ...], today: date) -> tuple[paper.Person, ...]:
    """Everybody in the referral, subjects of concern first. A suppressed address is named as such."""
    grounds = {one.subject: one.ground for one in referral.scope}
    markers = markers_of(referral, identities)
    found = []
    for subject, made in referral.subjects.items():
        body = made.body
        held = markers.get(subject, frozenset())
        known = body.forenames.strip() or body.surname.strip()
        relation = [body.relation] if body.relation and body.relation != "subject" else []
        relation += ["parental responsibility"] if body.parental_responsibility else []
        said = [marker.label.lower() for marker in Marker if marker in held]
        said += (
            ["unsafe to contact"] if body.unsafe_to_contact and Marker.UNSAFE_TO_CONTACT not in held else []
        )
        found.append(
            paper.Person(
                key=subject,
                name=full_name(body),
                sex=SEX[body.sex],
                born=civil(body.birth) if body.birth else None,
                age=body.birth.say_age(today) if body.birth else "",
                relation=", ".join(relation),
                in_scope=grounds.get(subject) or body.ground,
                subject=body.of_concern,
                identity_unknown=not known,
                unborn=body.birth is not None and body.birth.expected,
                address=_address(referral, subject, Marker.ADDRESS_SUPPRESSED in held),
                hidden_addresses=_hidden(referral, subject, Marker.ADDRESS_SUPPRESSED in held),
                identifiers=tuple(
                    (label, text) for label, text in (("NHS", body.nhs_number), ("UPN", body.upn)) if text
                ),
                details=(("School", body.school),) if body.school else (),
                markers=(*said, "alleged to cause harm") if body.alleged_to_cause_harm else tuple(said),
            )
        )
    return tuple(sorted(found, key=lambda person: not person.subject))


def markers_of(referral: Referral, identities: tuple[Identity, ...]) -> dict[str, frozenset[Marker]]:
    """Markers by subject: they hold wherever the person appears."""
    found: dict[str, frozenset[Marker]] = {}
    for identity in identities:
        for stream, subject in identity.linked:
            if stream == referral.stream:
                found[subject] = found.get(subject, frozenset()) | frozenset(identity.markers)
    return found


def addresses_of(referral: Referral, subject: str) -> tuple[Made[AddressRecorded], ...]:
    """The addresses at which somebody lives now, as told here."""
    return tuple(
        made for made in referral.addresses if subject in made.body.subjects and made.body.lived_to is None
    )


def _address(referral: Referral, subject: str, suppressed: bool) -> paper.Address | None:
    lived = addresses_of(referral, subject)
    if not lived:
        return None
    return paper.Address(_line(lived[-1]), suppressed or any(made.body.suppressed for made in lived))


def _hidden(referral: Referral, subject: str, all_suppressed: bool) -> tuple[str, ...]:
    """Every suppressed address of somebody, former ones too; all of them where a marker says so."""
    return tuple(
        _line(made)
        for made in referral.addresses
        if subject in made.body.subjects and (made.body.suppressed or all_suppressed)
    )


def _line(made: Made[AddressRecorded]) -> str:
    return ", ".join(part for part in (made.body.line, made.body.postcode) if part)


def family(referral: Referral) -> tuple[tuple[paper.Partnership, ...], tuple[paper.Parentage, ...]]:
    """Partners, and each child with its parents, as recorded; nobody is related by guessing."""
    pairs = relationships(referral)
    unions = {"partner": paper.Union.TOGETHER, "separated": paper.Union.SEPARATED}
    partnerships = tuple(
        paper.Partnership(
            one.first, one.second, unions[one.relation], f"since {one.since.display()}" if one.since else ""
        )
        for one in pairs
        if one.relation in unions
    )
    parents: dict[str, list[str]] = {}
    for one in pairs:
        if one.relation == "parent":
            parents.setdefault(one.second, []).append(one.first)
    return partnerships, tuple(paper.Parentage(child, tuple(of[:2])) for child, of in parents.items())
