"""One contact on the triage desk: how it is opened, how it looks, how its sections leave for the hub.

A contact is a stream from its first line. Sections leave as free entries; what has not left yet is a draft
of this desk, laid over what has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

import msgspec

from ...cache.projection import QueueRow
from ...domain.assessments import QUESTION_SETS, assess, repeats
from ...domain.codes import Cohort, ContactChannel, SourceOfContact
from ...domain.configuration import AreaCovered
from ...domain.entries.contact import AcknowledgementSent, AdviceGiven, ContactOpened, HistorySearched
from ...domain.errors import Refusal
from ...domain.fold import Referral, Stage, fold
from ...domain.fold.people import household_name
from ...domain.partial_date import parse
from ..desk import Desk, new_id
from . import guide, people, routing
from .forms import Account, Adult, Arrival, Assessed, Caller, Clock, Form, Telling, Typed
from .people import Home, Person, PersonRow
from .setting import Setting

F = TypeVar("F", bound=Typed)
_OPEN = "triage/open"
_UNOPENED = "triage//"
"""Keys of what was typed before the contact could be opened."""
_MOST_WAITING = 200


class Advice(msgspec.Struct, frozen=True):
    """A word from the consultant, as it came."""

    name: str
    at: str
    words: str


class Contact(msgspec.Struct, frozen=True):
    """A contact as its desk shows it. The forms hold what was typed here and has not left yet."""

    stream: str
    title: str
    aside: str
    cohort: Cohort
    authority: str
    stage: Stage
    caller: Caller
    arrival: Arrival
    account: Account
    adult: Adult
    telling: Telling
    assessed: Assessed
    home: Home
    organisational: bool
    """The concern is about a setting: many people and no household."""
    setting: Setting
    rows: tuple[PersonRow, ...]
    homes: tuple[Home, ...]
    line: str
    """A person being typed who has not been added yet."""
    taking: routing.Routing
    """The route that is being taken, if any."""
    routes: tuple[routing.RouteChoice, ...]
    levels: tuple[tuple[str, str], ...]
    concerned: tuple[routing.Ask, ...]
    advice: tuple[Advice, ...]
    to_ask: tuple[str, ...]
    acknowledged: str
    searched: bool
    kept: tuple[str, ...] = ()
    """The forms that hold typing which has not left."""

    @property
    def open(self) -> bool:
        """Still on the triage desk."""
        return self.stage is Stage.CONTACT


def draft_key(stream: str, name: str) -> str:
    return f"triage/{stream}/{name}"


def begin(desk: Desk, cohort: Cohort, authority: str, organisational: bool = False) -> str:
    """Open a contact, and this desk at it. Returns its stream. Raises ``Refusal`` on *local_authority*."""
    now = desk.now()
    stream = f"referral:{new_id()}"
    desk.act(
        stream,
        ContactOpened(
            cohort=cohort,
            source=SourceOfContact.UNKNOWN,
            channel=ContactChannel.PHONE,
            received_at=now,
            local_authority=authority,
            owner=desk.config().owner_for(cohort, authority, Clock.of(desk).today),
            organisational=organisational,
        ),
    )
    take_up(desk, stream)
    return stream


def view(desk: Desk, stream: str) -> Contact:
    """A contact as it stands here, drafts laid over it."""
    referral = desk.referral(stream)
    cohort = referral.cohort
    if cohort is None:
        raise Refusal("not-held", "This contact is not held here.")
    clock = Clock.of(desk)
    drafts = desk.cache.drafts(f"triage/{stream}/")
    tools = desk.config().question_sets_on(clock.today)
    homes = people.homes(referral)
    account = _laid(drafts, stream, Account.of(referral))
    assessed = _laid(drafts, stream, Assessed.of(referral, tools))
    arrival = _laid(drafts, stream, Arrival.of(referral, clock))
    caller = _laid(drafts, stream, Caller.of(referral))
    return Contact(
        stream=stream,
        title=_title(desk, referral, caller, arrival),
        aside=_aside(arrival),
        cohort=cohort,
        authority=referral.local_authority or "",
        stage=referral.stage,
        caller=caller,
        arrival=arrival,
        account=account,
        adult=_laid(drafts, stream, Adult.of(referral)),
        telling=_laid(drafts, stream, Telling.of(referral)),
        assessed=assessed,
        home=_laid(drafts, stream, homes[0] if homes else Home()),
        organisational=referral.opened is not None and referral.opened.body.organisational,
        setting=_laid(drafts, stream, Setting.of(referral)),
        rows=people.rows(referral, clock.today),
        homes=homes,
        line=drafts.get(draft_key(stream, "line"), ""),
        taking=_laid(drafts, stream, routing.Routing()),
        routes=routing.choices(desk, referral),
        levels=routing.ladder_choices(referral.ladder),
        concerned=routing.concerned(referral),
        advice=tuple(
            Advice(desk.name(made.author), clock.say(made.made_at), made.body.words)
            for made in reversed(referral.all(AdviceGiven))
        ),
        to_ask=guide.still_to_ask(referral, cohort, account, assessed, clock.today),
        acknowledged=", ".join(made.body.how for made in referral.all(AcknowledgementSent)),
        searched=bool(referral.all(HistorySearched)),
        kept=_names(drafts),
    )


def blank(desk: Desk) -> Contact:
    """A new contact, which has no stream yet; or one that could not be opened, with what was typed in it."""
    clock = Clock.of(desk)
    drafts = desk.cache.drafts(_UNOPENED)
    about, place, organisational = (drafts.get(draft_key("", "as")) or "  ").split(" ")
    cohort = Cohort(about) if about else Cohort.CHILDREN
    tools = desk.config().question_sets_on(clock.today)
    account = _laid(drafts, "", Account())
    assessed = _laid(drafts, "", Assessed(tool=tools[0] if tools else ""))
    nothing = fold((), desk.cache.timeline())
    return Contact(
        stream="",
        title="New contact",
        aside="",
        cohort=cohort,
        authority=place if about else settings(desk).authority,
        stage=Stage.CONTACT,
        caller=_laid(drafts, "", Caller()),
        arrival=_laid(drafts, "", Arrival(received=clock.say(clock.now))),
        account=account,
        adult=_laid(drafts, "", Adult()),
        telling=_laid(drafts, "", Telling()),
        assessed=assessed,
        home=_laid(drafts, "", Home()),
        organisational=bool(organisational),
        setting=_laid(drafts, "", Setting()),
        rows=(),
        homes=(),
        line=drafts.get(draft_key("", "line"), ""),
        taking=routing.Routing(),
        routes=routing.choices_before(desk, cohort),
        levels=(),
        concerned=(),
        advice=(),
        to_ask=guide.still_to_ask(nothing, cohort, account, assessed, clock.today),
        acknowledged="",
        searched=False,
        kept=_names(drafts),
    )


def unopened(desk: Desk) -> bool:
    """Whether something was typed in a contact that could not be opened."""
    return bool(desk.cache.drafts(_UNOPENED))


def keep_unopened(desk: Desk, cohort: Cohort, authority: str, organisational: bool) -> None:
    """Keep what a contact that could not be opened was to be opened as."""
    keep_line(desk, "", "as", f"{cohort.value} {authority} {'setting' if organisational else ''}")


def adopt(desk: Desk, stream: str) -> None:
    """What was typed before the contact could be opened is its own from now on."""
    for key, text in desk.cache.drafts(_UNOPENED).items():
        name = key.removeprefix(_UNOPENED)
        if name != "as":
            desk.cache.put_draft(draft_key(stream, name), text)
        desk.cache.put_draft(key, "")


def _names(drafts: dict[str, str]) -> tuple[str, ...]:
    return tuple(key.split("/", 2)[2] for key in drafts)


def add_line(desk: Desk, stream: str, line: str) -> str:
    """Add the person that the line says, which ends its draft. Returns the subject's id."""
    return people.add_person(desk, stream, line, (draft_key(stream, "line"),))


def person(desk: Desk, stream: str, subject: str) -> Person:
    """The full form of one person, a draft laid over it."""
    form = Person.of(desk.referral(stream), subject)
    return _laid(desk.cache.drafts(draft_key(stream, form.key)), stream, form)


def _laid(drafts: dict[str, str], stream: str, form: F) -> F:
    kept = drafts.get(draft_key(stream, form.key))
    return form if kept is None else msgspec.json.decode(kept, type=type(form))


def _title(desk: Desk, referral: Referral, caller: Caller, arrival: Arrival) -> str:
    """*Carter, Mia + 1*; *anonymous, Stafford* or the caller's name while nobody else is named."""
    if referral.subjects:
        return household_name(referral)
    place = next((a.name for a in desk.config().areas if a.gss == arrival.area), "")
    who = "anonymous" if caller.anonymous else caller.who.split(",")[0].strip() or "new contact"
    return f"{who}, {place}" if place else who


def _aside(arrival: Arrival) -> str:
    """``phone · received 13:58``."""
    came = f"received {arrival.received}" if arrival.received else ""
    return " · ".join(part for part in (ContactChannel(arrival.channel).label.lower(), came) if part)


# --- keystrokes and sections


def keep(desk: Desk, stream: str, forms: Sequence[Typed]) -> None:
    """Keep what is being typed, before it leaves."""
    for form in forms:
        desk.cache.put_draft(draft_key(stream, form.key), msgspec.json.encode(form).decode())


def keep_line(desk: Desk, stream: str, name: str, text: str) -> None:
    desk.cache.put_draft(draft_key(stream, name), text)


def leave(desk: Desk, stream: str, form: Form) -> None:
    """Record a section if it says anything new, and end its draft. A ``Refusal`` leaves the draft."""
    referral = desk.referral(stream)
    key = draft_key(stream, form.key)
    body = form.body(referral, Clock.of(desk))
    if body is None or body == form.recorded(referral):
        desk.cache.put_draft(key, "")
        return
    desk.act(stream, body, *form.beside(referral, body), forget_drafts=(key,))


def result_words(assessed: Assessed, today: date, repeat_months: int) -> tuple[str, bool]:
    """What the answers come to so far, and whether a route to MARAC is open."""
    tool = QUESTION_SETS.get(assessed.tool)
    if tool is None:
        return "", False
    known = {question.id for question in tool.questions}
    answers = {q: a for q, a in assessed.answers.items() if q in known}
    events = int(assessed.events) if assessed.events.strip().isdigit() else None
    found = assess(
        tool,
        answers,
        judgement=assessed.judgement,
        events_in_12_months=events,
        repeat=_repeats(assessed.last_marac, today, repeat_months),
    )
    asked = f"{len(answers)} of {len(tool.questions)} asked"
    count = f"{found.score} yes · {asked}" if found.score is not None else asked
    routes = ", ".join(route.label.lower() for route in found.routes)
    return (f"{count} · high: {routes}" if routes else count), found.marac


def _repeats(last_marac: str, today: date, months: int) -> bool:
    try:
        last = parse(last_marac, today=today) if last_marac.strip() else None
    except Refusal:
        return False  # still being typed
    return last is not None and last.is_exact and repeats(last.earliest(), today, months)


# --- what is open at this desk, and what waits


class Opened(msgspec.Struct, frozen=True):
    """A contact that is open at this desk. ``since`` is when it was taken up here."""

    stream: str
    since: datetime


class AtDesk(msgspec.Struct, frozen=True):
    """The contacts open here, in the order taken up; ``current`` is on the glass, the others are parked."""

    opened: tuple[Opened, ...] = ()
    current: str = ""

    def has(self, stream: str) -> bool:
        return any(one.stream == stream for one in self.opened)


def at_desk(desk: Desk) -> AtDesk:
    """What was open when this desk was last used."""
    kept = desk.cache.draft(_OPEN)
    return AtDesk() if kept is None else msgspec.json.decode(kept, type=AtDesk)


def take_up(desk: Desk, stream: str) -> AtDesk:
    """Put a contact on the glass: a new one, a parked one, or a colleague's."""
    before = at_desk(desk)
    opened = before.opened if before.has(stream) else (*before.opened, Opened(stream, desk.now()))
    if not before.has(stream):
        desk.viewed(stream, "triage")
    return _keep_desk(desk, AtDesk(opened, stream))


def park(desk: Desk) -> AtDesk:
    """Take the contact off the glass; it stays open here."""
    return _keep_desk(desk, msgspec.structs.replace(at_desk(desk), current=""))


def put_down(desk: Desk, stream: str) -> AtDesk:
    """The contact has left this desk. The next one parked comes onto the glass."""
    before = at_desk(desk)
    opened = tuple(one for one in before.opened if one.stream != stream)
    current = before.current if before.current != stream else (opened[-1].stream if opened else "")
    return _keep_desk(desk, AtDesk(opened, current))


def _keep_desk(desk: Desk, state: AtDesk) -> AtDesk:
    desk.cache.put_draft(_OPEN, msgspec.json.encode(state).decode())
    return state


class Chip(msgspec.Struct, frozen=True):
    """One contact open at this desk, as the top bar names it."""

    stream: str
    title: str
    since: datetime
    current: bool


def chips(desk: Desk) -> tuple[Chip, ...]:
    """What is open here, for the top bar."""
    state = at_desk(desk)
    clock = Clock.of(desk)
    found = []
    for one in state.opened:
        referral = desk.referral(one.stream)
        drafts = desk.cache.drafts(f"triage/{one.stream}/")
        caller = _laid(drafts, one.stream, Caller.of(referral))
        title = _title(desk, referral, caller, Arrival.of(referral, clock))
        found.append(Chip(one.stream, title, one.since, one.stream == state.current))
    return tuple(found)


class Waiting(msgspec.Struct, frozen=True):
    """A contact that nobody has routed yet, as a row. ``mine`` is open at this desk."""

    stream: str
    received: str
    received_at: datetime | None
    who: str
    cohort: str
    place: str
    reference: str
    mine: bool
    danger: bool


def waiting(desk: Desk, offset: int = 0) -> tuple[Waiting, ...]:
    """A page of the contacts that wait to be routed, longest waiting first; those of bulk files as well."""
    rows = desk.cache.queue((Stage.CONTACT,), by_due=False, most=_MOST_WAITING, offset=offset)
    here = {one.stream for one in at_desk(desk).opened}
    clock = Clock.of(desk)
    names = {area.gss: area.name for area in desk.config().areas}
    return tuple(_waiting(row, clock, names, row.stream in here) for row in rows)


def _waiting(row: QueueRow, clock: Clock, names: dict[str, str], mine: bool) -> Waiting:
    return Waiting(
        stream=row.stream,
        received=clock.say(row.received_at) if row.received_at else "–",
        received_at=row.received_at,
        who=row.who,
        cohort=row.cohort.label if row.cohort else "",
        place=names.get(row.area or "", "") or names.get(row.local_authority or "", "not known"),
        reference=row.reference or "not sent yet",
        mine=mine,
        danger=row.danger,
    )


class Settings(msgspec.Struct, frozen=True):
    """What a new contact may be opened as: cohorts, authorities and districts of this hub."""

    authorities: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, str, str], ...]
    """GSS code, name, and the authority that it lies in."""
    authority: str
    tools: tuple[tuple[str, str], ...]
    today: date
    marac_repeat_months: int


def settings(desk: Desk) -> Settings:
    """The choices of this hub today; the authority that this agency serves is offered first."""
    config, today = desk.config(), Clock.of(desk).today
    authorities: tuple[AreaCovered, ...] = config.local_authorities(today)
    mine = next((a.areas for a in config.agencies if a.id == desk.me.agency), ())
    return Settings(
        authorities=(*((a.gss, a.name) for a in authorities), ("", "Not known")),
        areas=tuple((a.gss, a.name, a.authority) for a in config.areas if a.holds(today)),
        authority=next(iter(mine), ""),
        tools=tuple(
            (tool, f"{QUESTION_SETS[tool].tool} {QUESTION_SETS[tool].version}")
            for tool in config.question_sets_on(today)
        ),
        today=today,
        marac_repeat_months=config.marac_repeat_months,
    )
