"""Records of other systems as entries of a hub: history on identities, contacts from their opening.

History is what was known before; it is never replayed as stages. A contact is opened and told, and nothing
is decided for anybody. Ids come from the record, so a record imported twice makes the same entries, and the
log refuses the second as *entry-taken*. Signing and sending are the importer's.
"""

from __future__ import annotations

from collections.abc import Iterator

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Cohort, SourceOfContact
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    ContactOpened,
    ReferrerRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.identity import HistoryRecorded, PastEpisode
from mash_desktop.domain.partial_date import PartialDate

from .census_codes import ClosureReason
from .records import Episode, HistoryChild, IntakeContact, IntakePerson, KnownRelation, PersonRole, record_id

SOURCE_SYSTEM = "Children in need census"


def history_entry(child: HistoryChild, agency: str) -> Draft:
    """The one entry of a child of a return. ``agency`` is the author's: each records its own history only."""
    key = child.key
    return Draft(
        stream=f"identity:{child.identity_id}",
        id=child.record_id,
        body=HistoryRecorded(
            agency=agency,
            source_system=SOURCE_SYSTEM,
            record=child.la_child_id,
            cohort=Cohort.CHILDREN,
            forenames=key.forenames if key else "",
            surname=key.surname if key else "",
            aliases=key.also_known_as if key else (),
            birth=_birth(child),
            died_on=child.died_on,
            sex=child.sex or (key.sex if key else None),
            ethnicity=child.ethnicity,
            upn=child.upn,
            address=key.address if key else "",
            postcode=key.postcode if key else "",
            relations=tuple(_relation(relation) for relation in key.relations) if key else (),
            episodes=tuple(past_episode(episode) for episode in child.episodes),
        ),
    )


def _birth(child: HistoryChild) -> PartialDate | None:
    if child.birth_on is not None:
        return PartialDate.of(child.birth_on)
    due = child.expected_birth_on
    return None if due is None else PartialDate(due.year, due.month, due.day, expected=True)


def _relation(relation: KnownRelation) -> str:
    name = " ".join(part for part in (relation.forenames, relation.surname) if part)
    born = f", born {relation.birth.display()}" if relation.birth else ""
    return f"{relation.relation}: {name or 'name not known'}{born}"


# --- an episode in words ---


def past_episode(episode: Episode) -> PastEpisode:
    """An episode as history tells it: codes of the census for source and need, words for the rest."""
    return PastEpisode(
        referred_on=PartialDate.of(episode.referred_on),
        closed_on=PartialDate.of(episode.closed_on) if episode.closed_on else None,
        source=episode.source or "",
        primary_need=episode.primary_need or "",
        level=_level(episode),
        reason_closed=episode.reason_closed.label if episode.reason_closed else "",
        summary=_summary(episode),
    )


def _level(episode: Episode) -> str:
    """The highest level that the episode shows, as an id of the children's ladder."""
    if episode.protection_plans or episode.conference_on:
        return "child_protection"
    if episode.reason_closed is ClosureReason.TO_EARLY_HELP:
        return "early_help"
    if episode.no_further_action or episode.reason_closed is ClosureReason.NO_FURTHER_ACTION:
        return "no_further_action"
    return "child_in_need"


def _summary(episode: Episode) -> str:
    """What it came to, and what was found at assessment: *Child in need plan. Found: neglect*."""
    found = dict.fromkeys(factor.label for assessment in episode.assessments for factor in assessment.factors)
    return ". Found: ".join(part for part in (_came_to(episode), "; ".join(found)) if part)


def _came_to(episode: Episode) -> str:
    if episode.protection_plans:
        category = (
            episode.protection_plans[-1].latest_category or episode.protection_plans[-1].initial_category
        )
        return f"Child protection plan{f' ({category.label.lower()})' if category else ''}"
    if episode.conference_on:
        return "Child protection conference, no plan"
    if episode.enquiries:
        return "Section 47 enquiry, no conference"
    if episode.in_need_plans:
        return "Child in need plan"
    if episode.reason_closed in (ClosureReason.NO_FURTHER_ACTION, ClosureReason.TO_EARLY_HELP):
        return episode.reason_closed.label
    return "No further action" if episode.no_further_action else "Child in need"


# --- a contact ---


def intake_entries(contact: IntakeContact, config: HubConfig) -> tuple[Draft, ...]:
    """The opening entries of a contact, in order, for one act.

    Raises ``Refusal``: *unknown-area* or *no-owning-agency* where the contact is not this hub's.
    """
    authority = config.area(contact.area).authority if contact.area else ""
    subjects = [_id(contact, "subject", number) for number in range(len(contact.people))]
    bodies: list[Body] = [
        ContactOpened(
            cohort=contact.cohort,
            source=contact.source,
            channel=contact.channel,
            received_at=contact.received_at,
            local_authority=authority,
            owner=config.owner_for(contact.cohort, authority, config.day(contact.received_at)),
            area=contact.area,
        ),
        ReferrerRecorded(
            name=contact.referrer.name,
            capacity=contact.referrer.role,
            organisation=contact.referrer.organisation,
            call_back=contact.referrer.phone,
            confidential=contact.referrer.confidential,
            anonymous=contact.source is SourceOfContact.ANONYMOUS,
        ),
        ConcernRecorded(account=_id(contact, "account"), words=contact.concern),
        *(_subject(person, subject) for person, subject in zip(contact.people, subjects, strict=True)),
        *_addresses(contact, subjects),
    ]
    stream = f"referral:{contact.record_id}"
    return tuple(
        Draft(stream=stream, id=_id(contact, "entry", number), body=body)
        for number, body in enumerate(bodies)
    )


def _subject(person: IntakePerson, subject: str) -> SubjectRecorded:
    return SubjectRecorded(
        subject=subject,
        forenames=person.forenames,
        surname=person.surname,
        birth=person.birth,
        sex=person.sex,
        relation=person.relationship,
        of_concern=person.role is PersonRole.SUBJECT,
        alleged_to_cause_harm=person.role is PersonRole.ALLEGED,
    )


def _addresses(contact: IntakeContact, subjects: list[str]) -> Iterator[AddressRecorded]:
    """Where people live. The contact's address is the household's: who is only alleged is not put there."""
    homes: dict[tuple[str, str], list[str]] = {}
    if contact.address or contact.postcode:
        homes[contact.address, contact.postcode] = []
    for person, subject in zip(contact.people, subjects, strict=True):
        if person.address or person.postcode:
            homes.setdefault((person.address, person.postcode), []).append(subject)
        elif person.role in (PersonRole.SUBJECT, PersonRole.HOUSEHOLD):
            homes.setdefault((contact.address, contact.postcode), []).append(subject)
    for number, ((line, postcode), living_there) in enumerate(homes.items()):
        if line or postcode:
            yield AddressRecorded(
                address=_id(contact, "address", number),
                subjects=tuple(living_there),
                line=line or postcode,
                postcode=postcode,
            )


def _id(contact: IntakeContact, what: str, number: int = 0) -> str:
    return record_id(what, contact.record_id, str(number))
