"""One request in full: what is asked, about whom, and what my agency has answered and brought so far."""

from __future__ import annotations

import msgspec

from ...domain.codes import AgencyKind, AnswerResult, IntelligenceHandling
from ...domain.entries import Made
from ...domain.entries.gathering import ContributionRecorded, ContributionReleased, RequestAnswered
from ...domain.errors import Refusal
from ...domain.fold import Referral
from ...domain.fold.gathering import Request, contributions, released, requests, was_released
from ...domain.fold.people import full_name
from ..desk import Desk
from ..wording import joined, local, say_day, say_moment
from .listing import RequestRow, row_of


class Answered(msgspec.Struct, frozen=True):
    """What was answered about one person, in words."""

    result: AnswerResult
    words: str
    detail: str


class Person(msgspec.Struct, frozen=True):
    """One person asked about, as far as my agency may see them."""

    subject: str
    name: str
    born: str
    relation: str
    of_concern: bool
    unsafe_to_contact: bool
    addresses: tuple[str, ...]
    answer: Answered | None


class Held(msgspec.Struct, frozen=True):
    """One item my agency has brought. ``state`` is *held*, *released*, *reworded* or *taken back*."""

    id: str
    on: str
    about: str
    words: str
    kind: str
    marks: str
    """What else is said of it: significance, kind of data, grading."""
    conditions: bool
    """It leaves only in wording released for it."""
    state: str
    released_words: str
    onward: bool
    """Its release agrees to use beyond the table."""
    pending: bool


class RequestDetail(msgspec.Struct, frozen=True):
    row: RequestRow
    asked_by: str
    minimum_concern: str
    acknowledged: str
    """Who acknowledged it and when; empty where nobody has."""
    people: tuple[Person, ...]
    items: tuple[Held, ...]
    graded: bool
    """My agency grades intelligence."""
    read_only: bool

    def name(self, subject: str) -> str:
        return next((one.name for one in self.people if one.subject == subject), "")


def read_request(desk: Desk, stream: str, request_id: str) -> RequestDetail:
    """Raises ``Refusal`` where my agency no longer holds the request."""
    referral, config, now = desk.referral(stream), desk.config(), desk.now()
    request = requests(referral).get(request_id)
    row = desk.cache.row(stream)
    state = next((one for one in row.agencies if one.request == request_id), None) if row else None
    if request is None or row is None or state is None:
        raise Refusal("request-gone", "The hub has withdrawn this request, so it is no longer held here.")
    made = request.made
    seen = request.acknowledged
    kind = next((one.kind for one in config.agencies if one.id == request.agency), AgencyKind.OTHER)
    return RequestDetail(
        row=row_of(config, row, state, now),
        asked_by=f"{desk.name(made.author)}, {made.role.label.lower()}",
        minimum_concern=request.minimum_concern,
        acknowledged=f"{desk.name(seen.author)}, {say_moment(seen.made_at, now, config)}" if seen else "",
        people=tuple(_person(desk, referral, request, subject) for subject in request.subjects),
        items=_items(referral, request),
        graded=kind is AgencyKind.POLICE,
        read_only=referral.read_only,
    )


def open_request(desk: Desk, stream: str, request_id: str) -> RequestDetail:
    """As :func:`read_request`; that it was looked at is kept."""
    found = read_request(desk, stream, request_id)
    desk.viewed(stream, "requests")
    return found


def _person(desk: Desk, referral: Referral, request: Request, subject: str) -> Person:
    told = referral.subjects.get(subject)
    answer = request.answers.get(subject)
    said = _answered(desk, answer) if answer else None
    if told is None:
        return Person(subject, "someone not held here", "", "", False, False, (), said)
    body = told.body
    today = local(desk.now(), desk.config()).date()
    age = body.birth.say_age(today) if body.birth else ""
    return Person(
        subject=subject,
        name=full_name(body),
        born=f"{body.birth.display()}{f' ({age})' if age else ''}" if body.birth else "",
        relation=body.relation,
        of_concern=body.of_concern,
        unsafe_to_contact=body.unsafe_to_contact,
        addresses=tuple(
            f"{made.body.line}{f', {made.body.postcode}' if made.body.postcode else ''}"
            f"{' – suppressed, not to be passed on' if made.body.suppressed else ''}"
            for made in referral.addresses
            if subject in made.body.subjects
        ),
        answer=said,
    )


def _answered(desk: Desk, made: Made[RequestAnswered]) -> Answered:
    body = made.body
    when = say_moment(made.made_at, desk.now(), desk.config())
    detail = [f"searched {joined(body.systems_searched)}"] if body.systems_searched else []
    if body.refusal_reason is not None:
        detail = [body.refusal_reason.label, body.refusal_text]
        detail += [f"review {say_day(body.review_on)}"] if body.review_on else []
    detail.append(f"{desk.name(made.author)}, {when}")
    return Answered(body.result, body.result.label.lower(), " · ".join(part for part in detail if part))


def _items(referral: Referral, request: Request) -> tuple[Held, ...]:
    on_table, back = released(referral), was_released(referral)
    held = [made for made in contributions(referral).values() if made.body.request == request.id]
    return tuple(_item(referral, made, on_table, back) for made in held)


def _item(
    referral: Referral,
    made: Made[ContributionRecorded],
    on_table: dict[str, Made[ContributionReleased]],
    back: frozenset[str],
) -> Held:
    body = made.body
    out = on_table.get(body.contribution)
    words = out.body.words if out else ""
    state = "taken back" if body.contribution in back else "held"
    if out is not None:
        state = "released" if words == body.words else "reworded"
    graded = (body.intelligence_source, body.intelligence_grade, body.handling)
    marks = [body.aspect if body.aspect != "event" else ""]
    marks += [f"{body.significance.label.lower()} significance" if body.significance else ""]
    marks += [body.data_kind.label.lower()]
    marks += ["".join(str(one.value) for one in graded if one) if any(graded) else ""]
    marks += [f"on the table until {say_day(out.body.until)}" if out and out.body.until else ""]
    marks += ["may be used beyond the table" if out and out.body.onward else ""]
    return Held(
        id=body.contribution,
        on=body.on.display() if body.on else "",
        about=joined(
            [full_name(referral.subjects[one].body) for one in body.subjects if one in referral.subjects]
        ),
        words=body.words,
        kind=body.voice.label.lower(),
        marks=" · ".join(mark for mark in marks if mark),
        conditions=body.handling is IntelligenceHandling.WITH_CONDITIONS,
        state=state,
        released_words=words,
        onward=out is not None and out.body.onward,
        pending=made.position is None or (out is not None and out.position is None),
    )
