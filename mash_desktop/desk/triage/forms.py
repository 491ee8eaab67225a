"""The sections of a contact as a person fills them in, and the entry that each one becomes.

A form holds what stands in the fields, in the words typed, so that a half-written date survives as a draft.
Reading and recording only: when a section leaves for the hub is decided by the screen.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import msgspec

from ...domain.assessments import QUESTION_SETS
from ...domain.codes import (
    AbuseType,
    ContactChannel,
    NotToldReason,
    PrimaryNeed,
    SourceOfContact,
    ToolAnswer,
    Voice,
)
from ...domain.entries import Body
from ...domain.entries.contact import (
    AdultRecorded,
    AssessmentRecorded,
    ConcernRecorded,
    ContactCorrected,
    ReferrerRecorded,
    Statement,
    TellingRecorded,
)
from ...domain.errors import Refusal
from ...domain.fold import Referral
from ...domain.partial_date import PartialDate, parse
from ..desk import Desk, new_id

YES, NO = "yes", "no"
PARENTAL = ("mother", "mum", "father", "dad", "carer", "guardian", "parent")


class Clock(msgspec.Struct, frozen=True):
    """Now, as the hub's people read it."""

    now: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, desk: Desk) -> Clock:
        return cls(desk.now(), ZoneInfo(desk.config().hours.time_zone))

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def say(self, moment: datetime) -> str:
        """``13:58``, with the date before it if that is not today."""
        local = moment.astimezone(self.zone)
        if local.date() == self.today:
            return f"{local:%H:%M}"
        return f"{PartialDate.of(local.date()).display()} {local:%H:%M}"

    def read(self, text: str) -> datetime:
        """The inverse of :meth:`say`. Raises ``Refusal`` on the field *received*."""
        day, _, time = text.strip().rpartition(" ")
        hours, _, minutes = time.replace(".", ":").partition(":")
        if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
            raise Refusal(
                "time-not-understood", "Write the time like 13:58, or 11 Nov 2026 13:58.", "received"
            )
        found = parse(day, today=self.today, field="received") if day else PartialDate.of(self.today)
        if not found.is_exact:
            raise Refusal("time-not-understood", "Write the day it came, like 11 Nov 2026 13:58.", "received")
        local = datetime.combine(found.earliest(), datetime.min.time(), self.zone)
        moment = local.replace(hour=int(hours), minute=int(minutes))
        if moment > self.now + timedelta(minutes=5):
            raise Refusal("from-the-future", "A contact cannot have been received in the future.", "received")
        return moment


def yes_no(answer: bool | None) -> str:
    return "" if answer is None else YES if answer else NO


def from_yes_no(answer: str) -> bool | None:
    return {YES: True, NO: False}.get(answer)


class Typed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is typed in one place of a contact, kept as a draft until it leaves."""

    SECTION: ClassVar[str] = ""

    @property
    def key(self) -> str:
        """What tells this section's draft from others of the contact."""
        return self.SECTION


class Form(Typed, frozen=True):
    """One section; ``of`` each is the form as it stands."""

    @abstractmethod
    def recorded(self, referral: Referral) -> Body | None:
        """The entry that stands."""

    @abstractmethod
    def body(self, referral: Referral, clock: Clock) -> Body | None:
        """The entry that records this form; None where nothing is filled in. Raises ``Refusal``."""

    def beside(self, referral: Referral, body: Body) -> list[Body]:
        """What goes along with ``body`` in one act, because it follows from it."""
        return []


class Caller(Form, frozen=True):
    """Who is calling. ``who`` is name and role in one line: *Helen Marsh, deputy head*."""

    SECTION = "caller"

    who: str = ""
    organisation: str = ""
    call_back: str = ""
    may_know: str = ""
    anonymous: bool = False

    def recorded(self, referral: Referral) -> ReferrerRecorded | None:
        found = max(referral.all(ReferrerRecorded), key=lambda made: made.made_order, default=None)
        return found.body if found else None

    @classmethod
    def of(cls, referral: Referral) -> Caller:
        body = cls().recorded(referral)
        if body is None:
            return cls()
        return cls(
            who=", ".join(part for part in (body.name, body.capacity) if part),
            organisation=body.organisation,
            call_back=body.call_back,
            may_know=NO if body.confidential else YES,
            anonymous=body.anonymous,
        )

    def body(self, referral: Referral, clock: Clock) -> Body | None:
        if self == Caller():
            return None
        name, _, capacity = self.who.partition(",")
        return ReferrerRecorded(
            name=name.strip(),
            capacity=capacity.strip(),
            organisation=self.organisation.strip(),
            call_back=self.call_back.strip(),
            # Until the caller agrees, the family may not know who called.
            confidential=self.may_know != YES,
            anonymous=self.anonymous,
        )


class Arrival(Form, frozen=True):
    """How the contact came: source code, channel, when, and the district."""

    SECTION = "arrival"

    source: str = SourceOfContact.UNKNOWN.value
    channel: str = ContactChannel.PHONE.value
    received: str = ""
    area: str = ""

    def recorded(self, referral: Referral) -> ContactCorrected | None:
        came = referral.arrival
        if came is None:
            return None
        return ContactCorrected(
            source=came.source, channel=came.channel, received_at=came.received_at, area=came.area
        )

    @classmethod
    def of(cls, referral: Referral, clock: Clock) -> Arrival:
        body = cls().recorded(referral)
        if body is None:
            return cls()
        return cls(
            source=body.source.value,
            channel=body.channel.value,
            received=clock.say(body.received_at),
            area=body.area or "",
        )

    def body(self, referral: Referral, clock: Clock) -> Body | None:
        before = self.recorded(referral)
        if before is not None and self.received == clock.say(before.received_at):
            received = before.received_at  # the glass shows no seconds, which are not to be lost
        else:
            received = clock.read(self.received).astimezone(clock.now.tzinfo)
        return ContactCorrected(
            source=SourceOfContact(self.source),
            channel=ContactChannel(self.channel),
            received_at=received,
            area=self.area or None,
        )


class Mark(msgspec.Struct, frozen=True):
    """A stretch of the caller's words and how the caller came by it: *fact*, *seen* or *opinion*."""

    text: str
    voice: str


class Account(Form, frozen=True):
    """What happened, in the caller's words, and what is asked around it."""

    SECTION = "account"

    words: str = ""
    marks: tuple[Mark, ...] = ()
    where_now: str = ""
    next_access: str = ""
    incident_on: str = ""
    incident_place: str = ""
    primary_need: str = ""
    abuse_types: tuple[str, ...] = ()
    danger: str = ""

    def recorded(self, referral: Referral) -> ConcernRecorded | None:
        found = next(iter(referral.latest(ConcernRecorded, "account").values()), None)
        return found.body if found else None

    @classmethod
    def of(cls, referral: Referral) -> Account:
        body = cls().recorded(referral)
        if body is None:
            return cls()
        return cls(
            words=body.words,
            marks=tuple(Mark(one.text, one.voice.value) for one in body.statements),
            where_now=body.where_now,
            next_access=body.next_access,
            incident_on=body.incident_on.display() if body.incident_on else "",
            incident_place=body.incident_place,
            primary_need=body.primary_need.value if body.primary_need else "",
            abuse_types=tuple(one.value for one in body.abuse_types),
            danger=yes_no(body.immediate_danger),
        )

    def body(self, referral: Referral, clock: Clock) -> Body | None:
        if self == Account():
            return None
        before = self.recorded(referral)
        incident = self.incident_on.strip()
        return ConcernRecorded(
            account=before.account if before else new_id(),
            words=self.words,
            statements=tuple(Statement(mark.text, Voice(mark.voice)) for mark in self.marks),
            incident_on=parse(incident, today=clock.today, field="incident_on") if incident else None,
            incident_place=self.incident_place,
            where_now=self.where_now,
            next_access=self.next_access,
            primary_need=PrimaryNeed(self.primary_need) if self.primary_need else None,
            abuse_types=tuple(one for one in AbuseType if one.value in self.abuse_types),
            immediate_danger=from_yes_no(self.danger),
        )


class Adult(Form, frozen=True):
    """What an adult's concern holds beside a child's."""

    SECTION = "adult"

    wishes: str = ""
    desired_outcomes: str = ""
    consent: str = ""
    override_reason: str = ""
    capacity: str = ""
    advocate: str = ""
    setting: str = ""
    provider: str = ""
    place_of_abuse: str = ""

    def recorded(self, referral: Referral) -> AdultRecorded | None:
        held = referral.latest(AdultRecorded, "subject")
        return next((held[subject].body for subject in referral.of_concern if subject in held), None)

    @classmethod
    def of(cls, referral: Referral) -> Adult:
        body = cls().recorded(referral)
        if body is None:
            return cls()
        return cls(
            wishes=body.wishes,
            desired_outcomes=body.desired_outcomes,
            consent=yes_no(body.consent),
            override_reason=body.override_reason,
            capacity=body.capacity,
            advocate=body.advocate,
            setting=body.setting,
            provider=body.provider,
            place_of_abuse=body.place_of_abuse,
        )

    def body(self, referral: Referral, clock: Clock) -> Body | None:
        if self == Adult():
            return None
        consent = from_yes_no(self.consent)
        return AdultRecorded(
            subject=person_of_concern(referral),
            wishes=self.wishes,
            desired_outcomes=self.desired_outcomes,
            consent=consent,
            override_reason="" if consent else self.override_reason,
            capacity=self.capacity,
            advocate=self.advocate,
            setting=self.setting,
            provider=self.provider,
            place_of_abuse=self.place_of_abuse,
        )


class Telling(Form, frozen=True):
    """Were the parents told? Told, agreeing to the service and data-protection consent are three things."""

    SECTION = "telling"

    subject: str = ""
    told: str = ""
    reason: str = ""
    text: str = ""
    agrees: str = ""
    consent: str = ""

    def recorded(self, referral: Referral) -> TellingRecorded | None:
        held = referral.latest(TellingRecorded, "subject").get(self.subject)
        return held.body if held else None

    @classmethod
    def of(cls, referral: Referral) -> Telling:
        told = referral.latest(TellingRecorded, "subject")
        subject = next(iter(reversed(told)), "") or to_be_told(referral)
        body = told[subject].body if subject in told else None
        if body is None:
            return cls(subject=subject)
        return cls(
            subject=subject,
            told=yes_no(body.told),
            reason=body.not_told_reason.value if body.not_told_reason else "",
            text=body.not_told_text,
            agrees=yes_no(body.agrees_to_service),
            consent=yes_no(body.data_protection_consent),
        )

    def body(self, referral: Referral, clock: Clock) -> Body | None:
        if self == Telling(subject=self.subject):
            return None
        if not self.subject:
            raise Refusal("nobody-named", "Name the person who was told, or not told, first.", "subject")
        told = from_yes_no(self.told)
        return TellingRecorded(
            subject=self.subject,
            told=told,
            not_told_reason=NotToldReason(self.reason) if self.reason and told is False else None,
            not_told_text=self.text if told is False else "",
            agrees_to_service=from_yes_no(self.agrees),
            data_protection_consent=from_yes_no(self.consent),
        )


class Assessed(Form, frozen=True):
    """Answers to a domestic abuse tool, as far as they were asked."""

    SECTION = "assessment"

    tool: str = ""
    answers: dict[str, str] = msgspec.field(default_factory=dict)
    comments: dict[str, str] = msgspec.field(default_factory=dict)
    judgement: bool = False
    judgement_reason: str = ""
    events: str = ""
    last_marac: str = ""
    """When the same two people were last referred to MARAC."""

    def recorded(self, referral: Referral) -> AssessmentRecorded | None:
        held = sorted(referral.all(AssessmentRecorded), key=lambda made: made.made_order, reverse=True)
        return next((one.body for one in held if not self.tool or one.body.tool == self.tool), None)

    @classmethod
    def of(cls, referral: Referral, tools: tuple[str, ...]) -> Assessed:
        body = cls().recorded(referral)
        if body is None:
            return cls(tool=tools[0] if tools else "")
        return cls(
            tool=body.tool,
            answers={question: answer.value for question, answer in body.answers.items()},
            comments=body.comments,
            judgement=body.judgement,
            judgement_reason=body.judgement_reason,
            events="" if body.events_in_12_months is None else str(body.events_in_12_months),
            last_marac=PartialDate.of(body.last_marac_on).display() if body.last_marac_on else "",
        )

    def body(self, referral: Referral, clock: Clock) -> Body | None:
        if self == Assessed(tool=self.tool):
            return None
        if self.judgement and not self.judgement_reason.strip():
            raise Refusal("judgement-why", "Write what the judgement rests on.", "judgement_reason")
        if self.events.strip() and not self.events.strip().isdigit():
            raise Refusal("count-not-understood", "Write how many, as a number.", "events")
        last = self.last_marac.strip()
        marac = parse(last, today=clock.today, field="last_marac") if last else None
        if marac is not None and not marac.is_exact:
            raise Refusal("date-not-exact", "Write the day, like 3 Apr 2026.", "last_marac")
        known = {question.id for question in QUESTION_SETS[self.tool].questions}
        return AssessmentRecorded(
            subject=person_of_concern(referral),
            tool=self.tool,
            answers={q: ToolAnswer(a) for q, a in self.answers.items() if q in known},
            comments={q: words for q, words in self.comments.items() if q in known and words.strip()},
            judgement=self.judgement,
            judgement_reason=self.judgement_reason,
            events_in_12_months=int(self.events) if self.events.strip() else None,
            last_marac_on=marac.earliest() if marac else None,
        )


def person_of_concern(referral: Referral) -> str:
    """The first person the concern is about. Raises ``Refusal`` while nobody is named."""
    if not referral.of_concern:
        raise Refusal("nobody-of-concern", "Name the person the concern is about first.", "line")
    return referral.of_concern[0]


def to_be_told(referral: Referral) -> str:
    """Whom one would ask about first: who has parental responsibility, a parent, or the adult concerned."""
    adults = [
        subject
        for subject, made in referral.subjects.items()
        if made.body.parental_responsibility
        or any(word in PARENTAL for word in made.body.relation.lower().replace(",", " ").split())
    ]
    return next(iter([*adults, *referral.of_concern]), "")
