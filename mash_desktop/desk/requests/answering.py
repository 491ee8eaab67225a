"""Answering: what is being written, kept as it is typed, and the acts that it becomes.

The answer about each person, the items that go with it and their releases are one act: the rules look at
them one after the other, so that an item may be released by the act that brings it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from ...domain.codes import (
    AnswerResult,
    DataKind,
    IntelligenceGrade,
    IntelligenceHandling,
    IntelligenceSource,
    RefusalReason,
    Significance,
    Voice,
)
from ...domain.entries import Body
from ...domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ReleaseWithdrawn,
    RequestAcknowledged,
    RequestAnswered,
)
from ...domain.errors import Refusal
from ...domain.fold.gathering import contributions, released, requests
from ...domain.partial_date import parse
from ...domain.roles import RESEARCHERS
from ...domain.verdict import Answer
from ..desk import Desk, new_id
from ..moments import whole_day
from ..wording import local

_SYSTEMS = "requests/systems/"
_LINES = "\n"


class Release(StrEnum):
    """What becomes of an item: kept for now, released as it stands, or in other words."""

    HOLD = "hold"
    AS_IT_IS = "as it is"
    REWORDED = "reworded"


class PersonAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be answered about one person, as typed. ``result`` is empty while undecided."""

    result: AnswerResult | None = None
    reason: RefusalReason | None = None
    text: str = ""
    review: str = ""


class ItemDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """One item as typed. ``when`` is a date in people's words; ``wording`` is what goes to the table."""

    when: str = ""
    about: tuple[str, ...] = ()
    words: str = ""
    voice: Voice = Voice.FACT
    data_kind: DataKind = DataKind.ORDINARY
    significance: Significance | None = None
    aspect: str = "event"
    source: IntelligenceSource | None = None
    grade: IntelligenceGrade | None = None
    handling: IntelligenceHandling | None = None
    release: Release = Release.AS_IT_IS
    wording: str = ""
    until: str = ""
    """The last day on the table, in people's words; empty is *no end*."""
    onward: bool = False
    """The agency agrees to its use beyond the table."""


class AnswerDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything typed towards one answer. ``writing`` is the item in the fields, ``items`` those added."""

    people: dict[str, PersonAnswer] = {}
    systems: tuple[str, ...] = ()
    items: tuple[ItemDraft, ...] = ()
    writing: ItemDraft = ItemDraft()

    @property
    def holds_something(self) -> bool:
        """Anything but that nothing is held: an item, or another answer about somebody."""
        results = {answer.result for answer in self.people.values()}
        return bool(self.items or self.writing.words.strip() or results - {None, AnswerResult.NOTHING_HELD})

    def with_writing_added(self) -> AnswerDraft:
        """The item in the fields put to the others; who it is about has findings."""
        item = self.writing
        if not item.words.strip():
            return self
        people = dict(self.people)
        for subject in item.about:
            if people.get(subject, PersonAnswer()).result is None:
                people[subject] = PersonAnswer(AnswerResult.FINDINGS)
        return AnswerDraft(people, self.systems, (*self.items, item), ItemDraft(about=item.about))


def _key(stream: str, request: str) -> str:
    return f"requests/{stream}/{request}"


def kept_draft(desk: Desk, stream: str, request: str) -> AnswerDraft:
    """What was typed and not sent; with the systems last named where none are."""
    text = desk.cache.draft(_key(stream, request))
    draft = msgspec.json.decode(text, type=AnswerDraft) if text else AnswerDraft()
    if draft.systems:
        return draft
    return msgspec.structs.replace(draft, systems=_last_systems(desk))


def keep_draft(desk: Desk, stream: str, request: str, draft: AnswerDraft) -> None:
    desk.cache.put_draft(_key(stream, request), msgspec.json.encode(draft).decode())


def known_systems(desk: Desk) -> tuple[str, ...]:
    """Every system that this agency's answers from this desk have named."""
    kept = desk.cache.draft(_systems(desk, "all")) or ""
    return tuple(kept.split(_LINES)) if kept else ()


def _last_systems(desk: Desk) -> tuple[str, ...]:
    kept = desk.cache.draft(_systems(desk, "last")) or ""
    return tuple(kept.split(_LINES)) if kept else ()


def _remember(desk: Desk, systems: Sequence[str]) -> None:
    known = dict.fromkeys((*known_systems(desk), *systems))
    desk.cache.put_draft(_systems(desk, "all"), _LINES.join(known))
    desk.cache.put_draft(_systems(desk, "last"), _LINES.join(systems))


def _systems(desk: Desk, which: str) -> str:
    return f"{_SYSTEMS}{desk.sitting(RESEARCHERS).agency}/{which}"


def acknowledge(desk: Desk, stream: str, request: str) -> str:
    """My agency has seen it."""
    return desk.act(stream, RequestAcknowledged(request=request))


def nothing_held(desk: Desk, stream: str, request: str, draft: AnswerDraft) -> str:
    """Nothing is held about anybody not answered for yet.

    Raises ``Refusal`` (*answer-typed*) where the draft says that something is: it would be lost.
    """
    if draft.holds_something:
        raise Refusal(
            "answer-typed",
            "What you have typed says that something is held or refused. Send that, or remove it, first.",
            "result",
        )
    asked = requests(desk.referral(stream)).get(request)
    if asked is None or not asked.unanswered:
        raise Refusal("nobody-to-answer-for", "Everybody asked about has been answered for.")
    act = desk.act(
        stream,
        *(
            RequestAnswered(
                request=request,
                subject=subject,
                result=AnswerResult.NOTHING_HELD,
                systems_searched=draft.systems,
            )
            for subject in asked.unanswered
        ),
        forget_drafts=(_key(stream, request),),
    )
    _remember(desk, draft.systems)
    return act


def check_item(desk: Desk, stream: str, request: str, item: ItemDraft) -> None:
    """Raise the ``Refusal`` that sending this item would meet, so that it shows where it is written."""
    today = local(desk.now(), desk.config()).date()
    verdict = desk.ask(stream, _item_bodies(request, item, today))
    if verdict.answer is Answer.NO:
        raise Refusal(verdict.code, verdict.sentence, verdict.field)


def send_answer(desk: Desk, stream: str, request: str, draft: AnswerDraft) -> str:
    """One act of everything typed: items, answers, releases. Raises ``Refusal`` naming the field at fault."""
    whole = draft.with_writing_added()
    today = local(desk.now(), desk.config()).date()
    bodies: list[Body] = []
    for item in whole.items:
        bodies += _item_bodies(request, item, today)
    for subject, answer in whole.people.items():
        if answer.result is not None:
            bodies.append(_answer_body(request, subject, answer, whole.systems, today))
    if not bodies:
        raise Refusal("answer-empty", "Say what your agency holds about at least one person.", "result")
    # Everybody's answer stands before an item is released, and a release after the item that it releases.
    bodies.sort(key=lambda body: isinstance(body, ContributionReleased))
    act = desk.act(stream, *bodies, forget_drafts=(_key(stream, request),))
    if whole.systems:
        _remember(desk, whole.systems)
    return act


def _item_bodies(request: str, item: ItemDraft, today: date) -> list[Body]:
    on = parse(item.when, today=today, field="when") if item.when.strip() else None
    recorded = ContributionRecorded(
        contribution=new_id(),
        request=request,
        subjects=item.about,
        words=item.words.strip(),
        voice=item.voice,
        data_kind=item.data_kind,
        on=on,
        significance=item.significance,
        intelligence_source=item.source,
        intelligence_grade=item.grade,
        handling=item.handling,
        aspect=item.aspect,
    )
    if item.release is Release.HOLD:
        return [recorded]
    wording = item.wording if item.release is Release.REWORDED else None
    return [recorded, _released(recorded, wording, _day(item.until, today, "until"), item.onward)]


def _released(
    held: ContributionRecorded, wording: str | None, until: date | None, onward: bool
) -> ContributionReleased:
    return ContributionReleased(
        contribution=held.contribution,
        request=held.request,
        subjects=held.subjects,
        words=held.words if wording is None else wording.strip(),
        voice=held.voice,
        on=held.on,
        significance=held.significance,
        aspect=held.aspect,
        onward=onward,
        until=until,
    )


def _answer_body(
    request: str, subject: str, answer: PersonAnswer, systems: tuple[str, ...], today: date
) -> RequestAnswered:
    assert answer.result is not None
    if answer.result is not AnswerResult.REFUSED:
        return RequestAnswered(
            request=request, subject=subject, result=answer.result, systems_searched=systems
        )
    return RequestAnswered(
        request=request,
        subject=subject,
        result=answer.result,
        systems_searched=systems,
        refusal_reason=answer.reason,
        refusal_text=answer.text.strip(),
        review_on=_day(answer.review, today, "review_on"),
    )


_DAYS = {
    "review_on": Refusal(
        "review-not-a-day",
        "Give the day on which the refusal is reviewed, like 12 Dec 2026.",
        "review_on",
    ),
    "until": Refusal(
        "until-not-a-day", "Give the last day that it is on the table, like 12 Dec 2026.", "until"
    ),
}


def _day(text: str, today: date, field: str) -> date | None:
    """A whole day as typed, or none. Raises ``Refusal`` on ``field``."""
    return whole_day(text, today, _DAYS[field]) if text.strip() else None


def release(
    desk: Desk, stream: str, contribution: str, wording: str | None = None, onward: bool = False
) -> str:
    """Release an item to the table, as it is or in other wording; again, in place of an earlier release,
    whose last day stays. ``onward``: the agency agrees to its use beyond the table."""
    referral = desk.referral(stream)
    held, standing = contributions(referral).get(contribution), released(referral).get(contribution)
    if held is None:
        raise Refusal("contribution-unknown", "There is no such item to release.", "contribution")
    until = standing.body.until if standing is not None else None
    return desk.act(stream, _released(held.body, wording, until, onward))


def take_back(desk: Desk, stream: str, contribution: str, reason: str) -> str:
    """Take a release back from the table, with the reason."""
    return desk.act(stream, ReleaseWithdrawn(contribution=contribution, reason=reason.strip()))
