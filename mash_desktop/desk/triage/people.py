"""People and household of a contact: the rows, the line that adds one, the full form, and addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import ClassVar

import msgspec

from ...domain.codes import Ethnicity, Sex
from ...domain.entries import Body
from ...domain.entries.contact import AddressRecorded, SubjectRecorded
from ...domain.errors import Refusal
from ...domain.fold import Referral
from ...domain.fold.people import full_name
from ...domain.identifiers import check_nhs_number, check_postcode, check_upn
from ...domain.partial_date import PartialDate, parse
from ...matching import PersonFacts, Residence
from ..desk import Desk, new_id
from .forms import Clock, Form, from_yes_no, yes_no
from .kinship import Bond, also_said, bonds
from .line import Said, ground_for, read_line
from .reaching import Reach, ways_to_reach


class PersonRow(msgspec.Struct, frozen=True):
    """One row of *People and household*."""

    subject: str
    name: str
    born: str
    relation: str
    why: str
    of_concern: bool
    unsafe: bool
    bonds: tuple[Bond, ...] = ()
    """What they are to each of the others."""
    reach: tuple[Reach, ...] = ()


class Person(Form, frozen=True):
    """Every field of one person, in the words typed."""

    SECTION: ClassVar[str] = "person"

    subject: str
    forenames: str = ""
    surname: str = ""
    aliases: str = ""
    birth: str = ""
    sex: str = ""
    ethnicity: str = ""
    nhs_number: str = ""
    upn: str = ""
    relation: str = ""
    of_concern: bool = False
    parental_responsibility: str = ""
    alleged: bool = False
    ground: str = ""
    school: str = ""
    unsafe: bool = False

    @property
    def key(self) -> str:
        return f"{self.SECTION}/{self.subject}"

    def recorded(self, referral: Referral) -> SubjectRecorded | None:
        held = referral.subjects.get(self.subject)
        return held.body if held else None

    @classmethod
    def of(cls, referral: Referral, subject: str) -> Person:
        body = referral.subjects[subject].body
        return cls(
            subject=subject,
            forenames=body.forenames,
            surname=body.surname,
            aliases=", ".join(body.aliases),
            birth=body.birth.display() if body.birth else "",
            sex=body.sex.value if body.sex else "",
            ethnicity=body.ethnicity.value if body.ethnicity else "",
            nhs_number=body.nhs_number or "",
            upn=body.upn or "",
            relation=body.relation,
            of_concern=body.of_concern,
            parental_responsibility=yes_no(body.parental_responsibility),
            alleged=body.alleged_to_cause_harm,
            ground=body.ground,
            school=body.school,
            unsafe=body.unsafe_to_contact,
        )

    def body(self, referral: Referral, clock: Clock) -> SubjectRecorded:
        return SubjectRecorded(
            subject=self.subject,
            forenames=self.forenames.strip(),
            surname=self.surname.strip(),
            aliases=tuple(name.strip() for name in self.aliases.split(",") if name.strip()),
            birth=parse(self.birth, today=clock.today, field="birth") if self.birth.strip() else None,
            sex=Sex(self.sex) if self.sex else None,
            ethnicity=Ethnicity(self.ethnicity) if self.ethnicity else None,
            nhs_number=check_nhs_number(self.nhs_number) if self.nhs_number.strip() else None,
            upn=check_upn(self.upn) if self.upn.strip() else None,
            relation=self.relation.strip(),
            of_concern=self.of_concern,
            parental_responsibility=from_yes_no(self.parental_responsibility),
            alleged_to_cause_harm=self.alleged,
            ground=self.ground.strip() or ground_for(self.relation, self.of_concern, self.alleged),
            school=self.school.strip(),
            unsafe_to_contact=self.unsafe,
        )

    def beside(self, referral: Referral, body: Body) -> list[Body]:
        return also_said(referral, body) if isinstance(body, SubjectRecorded) else []


class Home(Form, frozen=True):
    """An address of the people here, the first where the family lives; ``subjects`` live or lived at it."""

    SECTION: ClassVar[str] = "home"

    address: str = ""
    line: str = ""
    postcode: str = ""
    lived_from: str = ""
    lived_to: str = ""
    suppressed: bool = False
    subjects: tuple[str, ...] = ()

    def recorded(self, referral: Referral) -> AddressRecorded | None:
        held = referral.latest(AddressRecorded, "address")
        if not self.address:
            # One that was saved a moment ago, before the glass heard of its id.
            return next((made.body for made in held.values()), None)
        return held[self.address].body if self.address in held else None

    def body(self, referral: Referral, clock: Clock) -> Body | None:
        if not self.line.strip() and not self.postcode.strip():
            return None
        before = self.recorded(referral)
        today = clock.today
        return AddressRecorded(
            address=before.address if before else self.address or new_id(),
            subjects=before.subjects if before else self.subjects or _at_home(referral),
            line=self.line.strip(),
            postcode=check_postcode(self.postcode) if self.postcode.strip() else "",
            lived_from=_day(self.lived_from, today, "lived_from"),
            lived_to=_day(self.lived_to, today, "lived_to"),
            suppressed=self.suppressed,
        )


def _day(text: str, today: date, field: str) -> PartialDate | None:
    return parse(text, today=today, field=field) if text.strip() else None


def _at_home(referral: Referral) -> tuple[str, ...]:
    """Who is taken to live at the address given: everyone named but a person alleged to cause harm."""
    return tuple(s for s, made in referral.subjects.items() if not made.body.alleged_to_cause_harm)


def rows(referral: Referral, today: date) -> tuple[PersonRow, ...]:
    """The people as the table shows them, in the order in which they were first named."""
    order: dict[str, None] = dict.fromkeys(made.body.subject for made in referral.all(SubjectRecorded))
    return tuple(_row(referral.subjects[subject].body, today, referral) for subject in order)


def _row(body: SubjectRecorded, today: date, referral: Referral) -> PersonRow:
    name = full_name(body)
    if body.aliases and not body.surname and not body.forenames:
        name += ", surname unknown"
    return PersonRow(
        subject=body.subject,
        name=name,
        born=born(body.birth, today) or "–",
        relation=", ".join(
            part for part in (body.relation, "PR" if body.parental_responsibility else "") if part
        ),
        why=body.ground or ground_for(body.relation, body.of_concern, body.alleged_to_cause_harm) or "–",
        of_concern=body.of_concern,
        unsafe=body.unsafe_to_contact,
        bonds=bonds(referral, body.subject),
        reach=ways_to_reach(referral, body.subject),
    )


def born(birth: PartialDate | None, today: date) -> str:
    """``3 Apr 2017 (9)``; a birth date that is only estimated already says so."""
    if birth is None:
        return ""
    age = birth.say_age(today)
    if not age or birth.estimated or birth.expected:
        return birth.display()
    return f"{birth.display()} ({age})"


def homes(referral: Referral) -> tuple[Home, ...]:
    """The addresses told, the one lived at now first."""
    told = [
        Home(
            address=made.body.address,
            line=made.body.line,
            postcode=made.body.postcode,
            lived_from=made.body.lived_from.display() if made.body.lived_from else "",
            lived_to=made.body.lived_to.display() if made.body.lived_to else "",
            suppressed=made.body.suppressed,
            subjects=made.body.subjects,
        )
        for made in sorted(referral.addresses, key=lambda made: made.body.address)
    ]
    return tuple(sorted(told, key=lambda home: bool(home.lived_to)))


def add_person(desk: Desk, stream: str, line: str, forget_drafts: tuple[str, ...] = ()) -> str:
    """Add the person that a line says. Returns the subject's id. Raises ``Refusal`` on the field *line*.

    The first person of a contact is who it is about unless the line says how they are related.
    """
    said = read_line(line, Clock.of(desk).today)
    if said.nobody:
        raise Refusal("field-empty", "Write a name, or how this person is related.", "line")
    referral = desk.referral(stream)
    first = not referral.subjects and not said.relation and not said.alleged
    of_concern = said.of_concern or first
    subject = new_id()
    person = SubjectRecorded(
        subject=subject,
        forenames=said.forenames,
        surname=said.surname,
        aliases=said.aliases,
        birth=said.birth,
        relation=said.relation or ("subject" if of_concern else ""),
        of_concern=of_concern,
        parental_responsibility=said.parental_responsibility,
        alleged_to_cause_harm=said.alleged,
        ground=ground_for(said.relation, of_concern, said.alleged),
    )
    bodies: list[Body] = [person, *also_said(referral, person)]
    home = next((made.body for made in referral.addresses if made.body.lived_to is None), None)
    if home is not None and not said.alleged:
        bodies.append(msgspec.structs.replace(home, subjects=(*home.subjects, subject)))
    desk.act(stream, *bodies, forget_drafts=forget_drafts)
    return subject


def lives_at(desk: Desk, stream: str, address: str, subject: str, lives: bool) -> None:
    """Say that a person lives, or does not live, at an address told here."""
    before = desk.referral(stream).latest(AddressRecorded, "address")[address].body
    others = tuple(one for one in before.subjects if one != subject)
    subjects = (*others, subject) if lives else others
    if subjects != before.subjects:
        desk.act(stream, msgspec.structs.replace(before, subjects=subjects))


def add_home(desk: Desk, stream: str, home: Home) -> None:
    """Add an address of a person. Raises ``Refusal`` on *line*, *postcode* or a date."""
    body = msgspec.structs.replace(home, address=new_id()).body(desk.referral(stream), Clock.of(desk))
    if body is None:
        raise Refusal("field-empty", "Write the address.", "line")
    desk.act(stream, body)


def facts_of(said: Said) -> PersonFacts:
    """What a line says, as compared with what is known."""
    return PersonFacts(forenames=said.forenames, surname=said.surname, aliases=said.aliases, birth=said.birth)


def facts_in(referral: Referral, person: Person, today: date) -> PersonFacts:
    """A person as typed in the full form; what cannot be read yet is left out."""
    try:
        birth = parse(person.birth, today=today) if person.birth.strip() else None
    except Refusal:
        birth = None
    return PersonFacts(
        forenames=person.forenames,
        surname=person.surname,
        aliases=tuple(name.strip() for name in person.aliases.split(",") if name.strip()),
        birth=birth,
        sex=Sex(person.sex) if person.sex else None,
        nhs_number=_checked(check_nhs_number, person.nhs_number),
        upn=_checked(check_upn, person.upn),
        addresses=tuple(
            Residence(made.body.line, made.body.postcode, made.body.lived_from, made.body.lived_to)
            for made in referral.addresses
            if person.subject in made.body.subjects and not made.body.suppressed
        ),
        school=person.school,
    )


def _checked(check: Callable[[str], str], text: str) -> str | None:
    try:
        return check(text) if text.strip() else None
    except Refusal:
        return None
