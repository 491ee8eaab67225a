"""A referral's fold into the shapes of the documents room, the PDF out of it, and that it was made."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from ...documents import (
    content as paper,
)
from ...documents import (
    file_name,
    protect,
    render_round_table,
    render_summary,
)
from ...domain.codes import Attendance, Rag
from ...domain.entries import Made
from ...domain.entries.contact import ConcernRecorded, ReferrerRecorded, TellingRecorded
from ...domain.entries.decision import SubjectDecision
from ...domain.entries.outcome import AgenciesTold, FeedbackGiven, SummaryMade
from ...domain.entries.table import AttendanceRecorded, TableOpened
from ...domain.entries.triage import RagRated
from ...domain.errors import Refusal
from ...domain.fold import Referral
from ...domain.fold.gathering import released, requests
from ...domain.fold.levels import drafted_levels, levels
from ...domain.fold.sending import Sending
from ...domain.law import Basis
from ..desk import Desk
from ..telling import Teller
from ..wording import initial_name, joined, local, say_moment
from . import gathered, values

CONFIDENTIALITY = (
    "What is shared here may be used only to safeguard the people named. It stays the property of the agency "
    "that brought it, and goes beyond this table only with that agency’s agreement."
)


class Copy(msgspec.Struct, frozen=True):
    """A paper that can be made: ``why_not`` tells where it cannot be made yet, ``made`` where it was."""

    id: str
    label: str
    why_not: str = ""
    made: str = ""


class Paper(msgspec.Struct, frozen=True):
    """A paper as made: its bytes, and a file name that holds no person's.

    ``secret`` is one that lets people in: as a file it leaves the program under a password only.
    """

    stream: str
    copy: str
    label: str
    name: str
    content: bytes
    marking: str = ""
    secret: bool = False


COPIES = {
    "full": ("MASH summary, full copy", "mash-summary", paper.Profile.FULL),
    "receiving_team": ("MASH summary, receiving team’s copy", "mash-summary", paper.Profile.RECEIVING_TEAM),
    "referrer": ("Letter to the referrer", "letter", paper.Profile.REFERRER),
    "round_table": ("Round-table record", "round-table-record", None),
}
"""What can be made, by id: its name, the kind in the file name, and whose copy of the summary it is."""


def choices(desk: Desk, stream: str) -> tuple[Copy, ...]:
    """Every paper, and why one cannot be made yet."""
    referral = desk.referral(stream)
    made = {one.body.profile: _made(desk, one) for one in referral.all(SummaryMade)}
    return tuple(
        Copy(copy, label, _why_not(referral, copy), made.get(copy, ""))
        for copy, (label, _, _) in COPIES.items()
    )


def _made(desk: Desk, made: Made[SummaryMade]) -> str:
    at = say_moment(made.made_at, desk.now(), desk.config())
    return f"Made {at} by {initial_name(desk.name(made.author))}."


def _why_not(referral: Referral, copy: str) -> str:
    if referral.opened is None:
        return "This desk does not hold how the contact began."
    if copy == "round_table" and referral.last(TableOpened) is None:
        return "There has been no round table."
    if copy == "referrer":
        if not referral.all(ReferrerRecorded):
            return "This desk does not hold who referred."
        if referral.all(ReferrerRecorded)[-1].body.anonymous:
            return "The referrer is anonymous."
        if referral.signed is None and not referral.sent and referral.closed is None:
            return "Nothing has been decided yet."
    return ""


def teams(desk: Desk, stream: str) -> tuple[tuple[str, str], ...]:
    """The sendings that are with a team, by id and words: each team has its own copy."""
    referral = desk.referral(stream)
    teller = Teller(desk, referral)
    return tuple(
        (one.id, f"{teller.team(one.agency, one.team)}: {teller.subjects(one.subjects)}")
        for one in referral.sent
    )


def make_and_record(
    desk: Desk, stream: str, copy: str, outcome: str = "", drafts: tuple[str, ...] = (), sending: str = ""
) -> Paper:
    """Make a paper and record in the referral that it was made, where the table lets this person record it.

    ``sending`` is the one whose team a receiving team's copy is for, where there are several. ``drafts`` are
    the keys of what was typed for it, which ends here. Raises ``Refusal`` where it cannot be made.
    """
    made = make_paper(desk, stream, copy, outcome, sending)
    digest = hashlib.sha256(made).hexdigest()
    if desk.may(SummaryMade, desk.referral(stream)):
        desk.act(stream, SummaryMade(profile=copy, digest=digest), forget_drafts=drafts)
    else:
        for key in drafts:
            desk.cache.put_draft(key, "")
    label, kind, profile = COPIES[copy]
    referral = desk.referral(stream)
    sent = _whose(referral, copy, sending)
    if sent is not None and len(referral.sent) > 1:
        kind = f"{kind}-{sent.team}"
    name = file_name(_reference(referral), kind, profile)
    return Paper(stream, copy, label, name, made, desk.config().marking.label)


def make_paper(desk: Desk, stream: str, copy: str, outcome: str = "", sending: str = "") -> bytes:
    """The PDF of one paper, in memory. ``outcome`` is what the referrer is told, for the letter."""
    referral = desk.referral(stream)
    if why_not := _why_not(referral, copy):
        raise Refusal("paper-not-yet", why_not, "copy")
    if copy == "round_table":
        return render_round_table(round_table(desk, referral))
    content = contents(desk, referral, copy, outcome, sending)
    profile = COPIES[copy][2]
    assert profile is not None
    return render_summary(content, profile)


def protected(made: Paper, password: str) -> Paper:
    """The same paper under a password. Raises ``Refusal`` (*password-too-short*)."""
    return msgspec.structs.replace(made, content=protect(made.content, password))


def save_to(desk: Desk, made: Paper, folder: str, password: str = "") -> Path:
    """Write a paper into the folder that a person chose, readable by that person alone; recorded.

    Raises ``Refusal`` on *folder* where there is none, it cannot be written to, or the file is there; on
    *password* where it is too short, or missing and the paper is secret.
    """
    if password:
        made = protected(made, password)
    elif made.secret:
        raise Refusal(
            "password-missing",
            "What stands on this paper lets people in: give the file a password.",
            "password",
        )
    where = Path(folder).expanduser()
    if not folder.strip() or not where.is_dir():
        raise Refusal("folder-unknown", "Choose a folder that is there.", "folder")
    path = where / made.name
    try:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(made.content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise Refusal(
            "file-there", f"{made.name} is in that folder already. Move it, or choose another.", "folder"
        ) from None
    except OSError as error:
        raise Refusal("folder-not-writable", "That folder cannot be written to.", "folder") from error
    record_printed(desk, made.stream, made.copy)
    return path


def record_printed(desk: Desk, stream: str, copy: str) -> None:
    """A copy has left this program: governance may see that it did."""
    desk.printed(stream, copy)


# --- the contents


def contents(
    desk: Desk, referral: Referral, copy: str, outcome: str = "", sending: str = ""
) -> paper.SummaryContent:
    """The MASH summary's content. Whose copy holds what of it is the documents room's to cut."""
    today = local(desk.now(), desk.config()).date()
    identities = desk.cache.linked_identities(referral.stream)
    partnerships, parentages = values.family(referral)
    parts, sent = gathered.analysis(referral), _whose(referral, copy, sending)
    return paper.SummaryContent(
        letterhead=letterhead(desk, _reference(referral)),
        referral=_referral(desk, referral, copy, sent),
        people=values.people(referral, identities, today),
        partnerships=partnerships,
        parentages=parentages,
        ratings=tuple(
            paper.Rated(_rating(made.body.rag), made.made_at, desk.name(made.author), made.body.reason)
            for made in referral.all(RagRated)
        ),
        bases=_bases(desk, referral),
        chronology=gathered.chronology(desk, referral),
        contributions=gathered.contributions(desk, referral, beyond=copy != "full"),
        voices=gathered.voices(referral),
        analysis=paper.Analysis(
            parts.get("harm", ""),
            parts.get("likelihood", ""),
            parts.get("impact", ""),
            parts.get("protective", ""),
            parts.get("unknown", ""),
        ),
        adult=gathered.adult(referral),
        risk_tools=gathered.risk_tools(referral),
        decisions=_decisions(referral),
        outcomes=_outcomes(desk, referral),
        dissent=gathered.dissent(desk, referral),
        actions=gathered.actions(referral),
        distribution=_distribution(desk, referral),
        withheld=gathered.withheld(desk, referral),
        signature=_signature(desk, referral),
        feedback=_feedback(desk, referral, outcome) if copy == "referrer" else None,
        copy_for=Teller(desk, referral).team(sent.agency, sent.team) if sent is not None else "",
        copy_about=sent.made.body.subjects if sent is not None else (),
    )


def _whose(referral: Referral, copy: str, sending: str) -> Sending | None:
    """The sending whose team a copy is for: the one named, else the last that is with a team."""
    if copy != "receiving_team":
        return None
    return referral.sendings.get(sending) or (referral.sent[-1] if referral.sent else None)


def letterhead(desk: Desk, reference: str) -> paper.Letterhead:
    config = desk.config()
    return paper.Letterhead(
        hub=f"{config.name} {config.word}",
        reference=reference,
        made_at=desk.now(),
        made_by=desk.me.name,
        time_zone=config.hours.time_zone,
        marking=config.marking.label,
        hub_word=config.word,
    )


def _reference(referral: Referral) -> str:
    return referral.reference or "not sent yet"


def _rating(rag: Rag) -> paper.Rating:
    return paper.Rating(rag.value)


def _referral(desk: Desk, referral: Referral, copy: str, sent: Sending | None) -> paper.Referral:
    opened = referral.opened
    assert opened is not None
    body, config = opened.body, desk.config()
    accounts = [made.body for made in referral.latest(ConcernRecorded, "account").values()]
    facts: list[tuple[str, str]] = []
    for told in accounts:
        when = told.incident_on.display() if told.incident_on else ""
        facts += [
            ("Incident", ", ".join(part for part in (when, told.incident_place) if part)),
            ("Where now, and with whom", told.where_now),
            ("Next access", told.next_access),
            ("Primary need", told.primary_need.label if told.primary_need else ""),
            ("Kinds of abuse", joined([one.label for one in told.abuse_types])),
            ("Immediate danger", "Yes" if told.immediate_danger else ""),
        ]
    area = next((one.name for one in config.areas if one.gss == body.local_authority), "not known")
    return paper.Referral(
        cohort=body.cohort.label,
        local_authority=area,
        received_at=referral.received_at or body.received_at,
        referrer=_referrer(referral, copy, sent),
        concern="\n".join(told.words for told in accounts),
        owner=_agency_name(desk, referral.owner),
        entered_at=opened.made_at,
        admitted_at=referral.admitted.made_at if referral.admitted else None,
        decided_at=referral.signed.made_at if referral.signed else None,
        facts=tuple((label, text) for label, text in facts if text),
    )


def _referrer(referral: Referral, copy: str, sent: Sending | None) -> paper.Referrer:
    """Who told the hub, as far as this copy may say: beyond the owning agency a name is not passed on."""
    assert referral.source is not None
    source = referral.source.label
    held = referral.all(ReferrerRecorded)
    if not held:
        return paper.Referrer(source, role="Not held by who made this copy")
    body = held[-1].body
    if body.anonymous:
        return paper.Referrer(source)
    elsewhere = sent is not None and sent.agency != referral.owner
    if copy == "receiving_team" and (elsewhere or body.confidential):
        return paper.Referrer(source, role="Name kept by the owning agency", confidential=body.confidential)
    role = ", ".join(part for part in (body.capacity, body.organisation) if part)
    return paper.Referrer(source, body.name, role, body.confidential)


def _agency_name(desk: Desk, agency: str | None) -> str:
    return next((one.name for one in desk.config().agencies if one.id == agency), agency or "")


def _bases(desk: Desk, referral: Referral) -> tuple[paper.Basis, ...]:
    admitted = referral.admitted
    said = referral.latest(TellingRecorded, "subject")
    yes_no = {True: "yes", False: "no", None: "not recorded"}
    found = []
    for one in referral.scope:
        telling = said[one.subject].body if one.subject in said else None
        told = yes_no[telling.told] if telling is not None else ""
        if telling is not None and telling.told is False and telling.not_told_reason is not None:
            told = f"no: {telling.not_told_reason.label.lower()}. {telling.not_told_text}"
        found.append(
            paper.Basis(
                person=one.subject,
                gateway=one.basis.gateway.label,
                conditions=_conditions(one.basis),
                told=told,
                agrees_to_service=yes_no[telling.agrees_to_service] if telling is not None else "",
                consent=yes_no[telling.data_protection_consent] if telling is not None else "",
                confirmed_by=desk.name(admitted.author) if admitted is not None else "",
            )
        )
    return tuple(found)


def _conditions(basis: Basis) -> tuple[str, ...]:
    codes = (
        basis.article6,
        basis.article9,
        basis.schedule_paragraph,
        basis.schedule_ground,
        basis.article10,
        basis.part3,
    )
    lines = [code.label for code in codes if code is not None]
    if basis.common_law is not None:
        lines.append(f"Duty of confidence: {basis.common_law.label}")
    return tuple(lines)


def _decisions(referral: Referral) -> tuple[paper.SubjectDecision, ...]:
    """The decision that stands, amendments included; before signing, the draft."""
    draft = referral.draft
    waits = {one.subject: one for one in draft.body.subjects} if draft is not None else {}
    decided = referral.decided if referral.signed is not None else waits
    given = levels(referral) if referral.signed is not None else drafted_levels(referral)
    return tuple(
        values.decision(
            referral,
            subject,
            given[subject],
            _intervention(decided.get(subject)),
            decided[subject].rationale if subject in decided else "",
        )
        for subject in given
    )


def _intervention(decided: SubjectDecision | None) -> str:
    if decided is None:
        return ""
    marac = f" Referred to MARAC: {decided.marac.label.lower()}." if decided.marac else ""
    return f"{decided.intervention}{marac}"


def _outcomes(desk: Desk, referral: Referral) -> tuple[paper.Outcome, ...]:
    """Where everybody who was decided about is, once it is signed."""
    teller = Teller(desk, referral)
    found = []
    for subject in referral.decided:
        one = referral.with_team.get(subject)
        if one is None:
            back = subject in referral.came_back
            found.append(paper.Outcome(subject, answer="returned by a receiving team" if back else ""))
            continue
        team, sent_at = teller.team(one.agency, one.team), one.made.made_at
        if one.accepted is None:
            found.append(paper.Outcome(subject, team, sent_at, "not accepted yet"))
        else:
            found.append(paper.Outcome(subject, team, sent_at, "accepted", one.accepted.made_at))
    return tuple(found)


def _distribution(desk: Desk, referral: Referral) -> tuple[paper.Recipient, ...]:
    teller = Teller(desk, referral)
    found = [
        paper.Recipient(
            teller.team(one.agency, one.team),
            f"Receiving team’s copy: {teller.subjects(one.subjects)}",
            one.made.made_at,
        )
        for one in referral.sendings.values()
    ]
    found += [
        paper.Recipient("Referrer", "Told the outcome", made.made_at)
        for made in referral.all(FeedbackGiven)
        if made.body.how
    ]
    found += [
        paper.Recipient(teller.agency(agency), "Told, working with the family", made.made_at)
        for made in referral.all(AgenciesTold)
        for agency in made.body.agencies
    ]
    return tuple(found)


def _signature(desk: Desk, referral: Referral) -> paper.Signature | None:
    signed = referral.signed
    draft = referral.get(signed.body.draft) if signed is not None else None
    if signed is None or draft is None:
        return None
    teller = Teller(desk, referral)
    relied = []
    for number, entry in enumerate(draft.relies_on, 1):
        held = referral.get(entry)
        told = teller.tell(held) if held is not None else None
        summary = f"{desk.agency_name(held.agency)}: {told.words or told.what}" if held and told else ""
        relied.append(paper.ReliedOn(number, entry, summary))
    head = desk.seen
    return paper.Signature(
        signer=desk.name(signed.author),
        role=signed.role.label,
        agency=_agency_name(desk, signed.agency),
        at=signed.made_at,
        key_id=signed.key,
        decision_entry=signed.body.draft,
        relied_on=tuple(relied),
        log_position=signed.position or 0,
        log_size=head.size if head is not None else signed.position or 0,
        head_root=head.root if head is not None else "not verified on this computer yet",
        drafted_by=desk.name(draft.author),
    )


# --- the letter


def default_letter(desk: Desk, stream: str) -> str:
    """What a referrer is told, for a person to look at and change. It discloses nothing of what was found."""
    referral = desk.referral(stream)
    ladder = referral.ladder
    given = levels(referral).values()
    reached = [
        ladder.level(one.final)
        for one in given
        if ladder is not None and one.final is not None and one.final in ladder
    ]
    highest = max(reached, key=lambda level: level.rank, default=None)
    whom = "the family" if referral.cohort is None or referral.cohort.value == "children" else "the person"
    began = "With our partner agencies we have looked into what you told us. "
    if highest is None or ladder is None:
        return f"{began}It has been passed to the team that can help best."
    if highest.id in ladder.thresholds:
        return f"{began}{_agency_name(desk, referral.owner)} is now working with {whom}."
    if highest.rank == min(level.rank for level in ladder.levels):
        return f"{began}No further action is needed from us now."
    return f"{began}Advice and support are the best help, and they are being offered to {whom}."


def _feedback(desk: Desk, referral: Referral, outcome: str) -> paper.Feedback:
    referrer = referral.all(ReferrerRecorded)[-1].body
    names = [referral.subjects[subject].body for subject in referral.of_concern]
    initials = ["".join(f"{part[0]}." for part in (n.forenames, n.surname) if part.strip()) for n in names]
    assert referral.received_at is not None
    return paper.Feedback(
        to=tuple(part for part in (referrer.name, referrer.capacity, referrer.organisation) if part),
        about=joined([one for one in initials if one]) or "someone you are worried about",
        contacted_at=referral.received_at,
        outcome=outcome.strip() or default_letter(desk, referral.stream),
        salutation=f"Dear {referrer.name}," if referrer.name else "Hello,",
        signed_by=desk.me.name,
        role=f"{desk.me.role.label}, {_agency_name(desk, desk.me.agency)}",
    )


# --- the round-table record


def round_table(desk: Desk, referral: Referral) -> paper.RoundTableContent:
    """The record of the table: who was there, what each brought about whom, what was thought and decided."""
    opened = referral.last(TableOpened)
    assert opened is not None
    config, today = desk.config(), local(desk.now(), desk.config()).date()
    came = referral.latest(AttendanceRecorded, "agency")
    parts = gathered.analysis(referral)
    named = [(_agency_name(desk, agency), made.body) for agency, made in came.items()]
    attended = {
        wanted: tuple(
            paper.Attendee(agency, body.name) for agency, body in named if body.attendance is wanted
        )
        for wanted in (Attendance.PRESENT, Attendance.OBSERVER)
    }
    absent = {Attendance.APOLOGIES: "", Attendance.SENT_INFORMATION: "Sent information"}
    return paper.RoundTableContent(
        letterhead=letterhead(desk, _reference(referral)),
        held_at=opened.body.held_at or opened.made_at,
        place=opened.body.place or f"{config.name} {config.word}",
        chair=desk.name(opened.author),
        confidentiality=CONFIDENTIALITY,
        people=values.people(referral, desk.cache.linked_identities(referral.stream), today),
        rating=_rating(referral.rag) if referral.rag is not None else None,
        present=attended[Attendance.PRESENT],
        observers=attended[Attendance.OBSERVER],
        apologies=tuple(
            paper.Apology(agency, body.name, absent[body.attendance])
            for agency, body in named
            if body.attendance in absent
        ),
        tabled=_tabled(desk, referral),
        discussion=parts.get("discussion", ""),
        options=tuple(paper.Option(line) for line in parts.get("options", "").splitlines() if line.strip()),
        decisions=_decisions(referral),
        stances=gathered.stances(desk, referral),
        actions=gathered.actions(referral),
        circulation=tuple(
            paper.Recipient(_agency_name(desk, agency), "Round-table record")
            for agency in dict.fromkeys(
                one.agency for one in requests(referral).values() if not one.withdrawn
            )
        ),
    )


def _tabled(desk: Desk, referral: Referral) -> tuple[paper.AtTable, ...]:
    items = released(referral).values()
    return tuple(
        paper.AtTable(
            subject,
            tuple(
                paper.Brought(
                    desk.agency_name(made.agency), made.body.words, values.EVIDENCE[made.body.voice]
                )
                for made in items
                if subject in made.body.subjects
            ),
        )
        for subject in referral.subjects
    )
