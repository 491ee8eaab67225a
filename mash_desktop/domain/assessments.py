"""Domestic abuse tools: versioned question sets, what the answers come to, and the routes to MARAC.

The labels are short wordings of our own for what each question asks about; an officer reads the full
question from the tool itself. Nothing here decides: a result only says which routes to MARAC are open.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

import msgspec

from mash_desktop.domain.codes import MaracRoute, ToolAnswer
from mash_desktop.domain.errors import Refusal

EVENTS_OF_ESCALATION = 3
"""Domestic abuse events in 12 months that make an escalation (SafeLives, MARAC referral criteria)."""


class Question(msgspec.Struct, frozen=True):
    """One question. ``id`` keeps its meaning within a version of the set."""

    id: str
    label: str
    section: str


class QuestionSet(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a tool. ``high_at`` is the count of *yes* that is high risk; None: not a count."""

    id: str
    tool: str
    version: str
    questions: tuple[Question, ...]
    high_at: int | None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers come to. ``score`` is None for a tool that is not a count."""

    score: int | None
    unanswered: tuple[str, ...]
    not_known: tuple[str, ...]
    routes: tuple[MaracRoute, ...]

    @property
    def marac(self) -> bool:
        """Whether any route to MARAC is open; then the result is high."""
        return bool(self.routes)


def question_set(id: str) -> QuestionSet:
    """A set by its id. Raises ``unknown-question-set``."""
    try:
        return QUESTION_SETS[id]
    except KeyError:
        raise Refusal("unknown-question-set", f"There is no question set named {id}.", "tool") from None


def assess(
    asked: QuestionSet,
    answers: Mapping[str, str],
    *,
    judgement: bool = False,
    events_in_12_months: int | None = None,
    repeat: bool = False,
) -> Result:
    """The result of answers (question id → ``yes``, ``no`` or ``dont_know``) and what is known beside them.

    Professional judgement opens a route of its own whatever the score, and no argument closes one: judgement
    raises a result, never lowers it (SafeLives, DASH practice guidance). Raises ``unknown-question`` and
    ``unknown-answer``.
    """
    given = _read(asked, answers)
    yes = sum(answer is ToolAnswer.YES for answer in given.values())
    score = None if asked.high_at is None else yes
    reached = {
        MaracRoute.SCORE: asked.high_at is not None and yes >= asked.high_at,
        MaracRoute.PROFESSIONAL_JUDGEMENT: judgement,
        MaracRoute.ESCALATION: (events_in_12_months or 0) >= EVENTS_OF_ESCALATION,
        MaracRoute.REPEAT: repeat,
    }
    return Result(
        score=score,
        unanswered=tuple(question.id for question in asked.questions if question.id not in given),
        not_known=tuple(
            question.id for question in asked.questions if given.get(question.id) is ToolAnswer.DONT_KNOW
        ),
        routes=tuple(route for route, open_ in reached.items() if open_),
    )


_ANSWERS = {answer.value: answer for answer in ToolAnswer}


def repeats(last_marac: date | None, referred: date, months: int) -> bool:
    """Whether a MARAC referral of the same victim and perpetrator repeats the last (SafeLives: 12 months).

    The same day of the month counts, or the month's last day where it has no such day.
    """
    if last_marac is None:
        return False
    year, month = divmod(last_marac.year * 12 + last_marac.month - 1 + months, 12)
    last_day = monthrange(year, month + 1)[1]
    return last_marac <= referred <= date(year, month + 1, min(last_marac.day, last_day))


def _read(asked: QuestionSet, answers: Mapping[str, str]) -> dict[str, ToolAnswer]:
    known = {question.id for question in asked.questions}
    given: dict[str, ToolAnswer] = {}
    for question, answer in answers.items():
        if question not in known:
            raise Refusal("unknown-question", f"{asked.tool} has no question {question}.", "answers")
        if answer not in _ANSWERS:
            raise Refusal("unknown-answer", "An answer is yes, no or don't know.", question)
        given[question] = _ANSWERS[answer]
    return given


def _questions(sections: Mapping[str, tuple[str, ...]]) -> tuple[Question, ...]:
    labels = [(label, section) for section, of in sections.items() for label in of]
    return tuple(Question(str(number), *row) for number, row in enumerate(labels, 1))


DASH_2009 = QuestionSet(
    id="dash-2009",
    tool="DASH",
    version="2009",
    high_at=14,
    questions=_questions(
        {
            "Now": (
                "Hurt in this incident",
                "Very frightened",
                "Fears worse injury, violence or being killed",
                "Kept from family, friends or services",
                "Low mood or thoughts of suicide",
                "Left, or tried to leave, in the past year",
                "Disputes about seeing the children",
                "Stalked, followed or harassed by contact",
            ),
            "Children and dependants": (
                "Pregnant, or a birth in the past 18 months",
                "Stepchildren or other dependants at home",
                "Children or dependants have been hurt",
                "Threats to hurt or kill the children",
            ),
            "History of the abuse": (
                "Happening more often",
                "Getting more severe",
                "Daily life controlled, or extreme jealousy",
                "A weapon or an object has been used",
                "Believed threats to kill someone",
                "Choking, strangling, suffocating or drowning",
                "Sexual abuse or hurt",
                "Someone else is feared, or so-called honour is involved",
                "Other people have been hurt",
                "An animal has been hurt",
            ),
            "Person causing harm": (
                "Money troubles, or dependent on them for money",
                "Drink, drugs or mental ill health",
                "Has threatened or tried suicide",
                "Has broken bail, an order or agreed contact",
                "Known to police, or a criminal record",
            ),
        }
    ),
)

DARA_2022 = QuestionSet(
    id="dara-2022",
    tool="DARA",
    version="2022",
    high_at=None,
    questions=_questions(
        {
            "Control": (
                "Decides whom they may see or speak to",
                "Checks where they are, their telephone or accounts",
                "Decides about money, work or food",
                "Sets rules and punishes breaking them",
                "Humiliates, blames or belittles",
                "Follows, watches or turns up uninvited",
                "Uses the children against them",
            ),
            "Threats and violence": (
                "Threatens to hurt or kill them",
                "Threatens to hurt children, family or animals",
                "Threatens to take their own life",
                "Hits, kicks, pushes or throws things",
                "Takes them by the throat or stops their breath",
                "Uses or shows a weapon",
                "Makes them do sexual things against their will",
            ),
            "What is changing": (
                "Worse or more frequent of late",
                "Parting, a court date or a birth is near",
                "What the person assessed fears will happen next is serious harm",
                "Has harmed a partner or family member before",
            ),
        }
    ),
)

QUESTION_SETS: dict[str, QuestionSet] = {each.id: each for each in (DASH_2009, DARA_2022)}
