"""What the elements of one child mean, and what is left out when one of them cannot be meant.

A fault in an optional value costs the value; in what a group stands on, the group; and so on up. Groups may
be absent, repeated or out of order; an element that the census did not have by 2026 is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from mash_desktop.domain.codes import Ethnicity, PrimaryNeed, SourceOfContact

from . import values
from .census import Element, Part
from .census_codes import AbuseCategory, AssessmentFactor, ClosureReason, Disability
from .records import (
    Assessment,
    Enquiry,
    Episode,
    HistoryChild,
    InNeedPlan,
    KeyedChild,
    ProtectionPlan,
    Reject,
    record_id,
    value_class,
)
from .values import BadValueError

T = TypeVar("T")
R = TypeVar("R", InNeedPlan, Assessment, Enquiry, ProtectionPlan)

Groups = Sequence[Element]


class LeftOutError(Exception):
    """What is being read cannot be taken at all; the reject says why and how much goes with it."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(reject.code)
        self.reject = reject


def read_child(
    part: Part, source: str, authority: str, today: date, keyed: Callable[[str], KeyedChild | None]
) -> tuple[HistoryChild | None, list[Reject]]:
    """The child, unless it had to be left out, and a reject for everything that was."""
    reading = _Reading(source, today)
    try:
        return reading.child(part, authority, keyed), reading.rejects
    except LeftOutError as left:
        return None, [*reading.rejects, left.reject]


class _Reading:
    def __init__(self, source: str, today: date) -> None:
        self.source = source
        self.past = values.past_day(today)
        self.rejects: list[Reject] = []

    # --- the child and its groups ---

    def child(self, part: Part, authority: str, keyed: Callable[[str], KeyedChild | None]) -> HistoryChild:
        root = part.root
        if part.cut:
            raise self.left_out(
                root, "Child", "child-too-large", "A child this large is no child of a census.", "child"
            )
        said = [root]
        identifiers = within(said, "ChildIdentifiers")
        path = "ChildIdentifiers"
        la_child_id = self.needed(root, identifiers, "LAchildID", values.identifier, path, "child")
        birth_on = self.value(identifiers, "PersonBirthDate", self.past, path, "child")
        expected = self.value(identifiers, "ExpectedPersonBirthDate", values.day, path, "child")
        if birth_on is None and expected is None:
            reason = "Without a birth date, known or expected, nobody can tell who this is."
            raise self.left_out(root, f"{path}/PersonBirthDate", "no-birth-date", reason, "child")
        sex = self.value(identifiers, "Sex", values.sex, path) or self.value(
            identifiers, "GenderCurrent", values.sex, path
        )
        died_on = self.value(identifiers, "PersonDeathDate", self.past, path)
        if died_on and birth_on and died_on < birth_on:
            self.reject(
                identifiers[0],
                f"{path}/PersonDeathDate",
                "dates-contradict",
                "Death is before birth.",
                "value",
            )
            died_on = None
        characteristics = within(said, "ChildCharacteristics")
        key = keyed(la_child_id)
        content = [item for leaf in leaves(root) for item in leaf]
        return HistoryChild(
            record_id=record_id("history", authority, content, key.record_id if key else ""),
            identity_id=record_id("identity", authority, la_child_id),
            line=root.line,
            authority=authority,
            la_child_id=la_child_id,
            upn=self.value(identifiers, "UPN", values.upn, path),
            former_upn=self.value(identifiers, "FormerUPN", values.upn, path),
            upn_unknown=self.value(identifiers, "UPNunknown", _upn_unknown, path),
            birth_on=birth_on,
            expected_birth_on=expected,
            died_on=died_on,
            sex=sex,
            ethnicity=self.value(
                characteristics, "Ethnicity", values.code_in(Ethnicity), "ChildCharacteristics"
            ),
            disabilities=self.each(
                within(characteristics, "Disabilities"),
                "Disability",
                values.code_in(Disability),
                "ChildCharacteristics/Disabilities",
            ),
            episodes=self.episodes(root, authority, la_child_id),
            key=key,
        )

    def episodes(self, root: Element, authority: str, la_child_id: str) -> tuple[Episode, ...]:
        found: dict[str, Episode] = {}
        for element in within([root], "CINdetails"):
            try:
                episode = self.episode(element, authority, la_child_id)
            except LeftOutError as left:
                self.rejects.append(left.reject)
                continue
            if episode.record_id in found:
                self.reject(
                    element,
                    "CINdetails",
                    "repeated",
                    "This episode is already given for the child.",
                    "episode",
                )
            found.setdefault(episode.record_id, episode)
        if not found:
            reason = "No episode of this child can be taken, so there is no history to record."
            raise self.left_out(root, "CINdetails", "no-episode", reason, "child")
        return tuple(found.values())

    def episode(self, element: Element, authority: str, la_child_id: str) -> Episode:
        said, path = [element], "CINdetails"
        referred_on = self.needed(element, said, "CINreferralDate", self.past, path, "episode")
        # Without it a closed case would seem open, so a closure that cannot be read costs the episode.
        closed_on = self.value(said, "CINclosureDate", self.past, path, "episode")
        self.in_order(element, referred_on, closed_on, f"{path}/CINclosureDate", "episode")
        content = [item for leaf in leaves(element) for item in leaf]
        return Episode(
            record_id=record_id("episode", authority, la_child_id, content),
            line=element.line,
            referred_on=referred_on,
            source=self.value(said, "ReferralSource", values.code_in(SourceOfContact), path),
            primary_need=self.value(said, "PrimaryNeedCode", values.code_in(PrimaryNeed), path),
            closed_on=closed_on,
            reason_closed=self.value(said, "ReasonForClosure", values.code_in(ClosureReason), path),
            conference_on=self.value(said, "DateOfInitialCPC", values.day, path),
            no_further_action=self.value(said, "ReferralNFA", values.flag, path),
            assessments=self.groups(said, "Assessments", self.assessment),
            in_need_plans=self.groups(said, "CINPlanDates", self.in_need_plan),
            enquiries=self.groups(said, "Section47", self.enquiry),
            protection_plans=self.groups(said, "ChildProtectionPlans", self.protection_plan),
        )

    def groups(self, said: Groups, tag: str, read: Callable[[Element], R]) -> tuple[R, ...]:
        taken = []
        for element in within(said, tag):
            try:
                taken.append(read(element))
            except LeftOutError as left:
                self.rejects.append(left.reject)
        return tuple(taken)

    def assessment(self, element: Element) -> Assessment:
        said, path = [element], "CINdetails/Assessments"
        started_on = self.needed(element, said, "AssessmentActualStartDate", self.past, path, "group")
        authorised_on = self.value(said, "AssessmentAuthorisationDate", self.past, path)
        self.in_order(element, started_on, authorised_on, f"{path}/AssessmentAuthorisationDate", "group")
        return Assessment(
            started_on=started_on,
            review_due_on=self.value(said, "AssessmentInternalReviewDate", values.day, path),
            authorised_on=authorised_on,
            factors=self.each(
                within(said, "FactorsIdentifiedAtAssessment"),
                "AssessmentFactors",
                values.code_in(AssessmentFactor),
                f"{path}/FactorsIdentifiedAtAssessment",
            ),
        )

    def in_need_plan(self, element: Element) -> InNeedPlan:
        said, path = [element], "CINdetails/CINPlanDates"
        started_on = self.needed(element, said, "CINPlanStartDate", self.past, path, "group")
        ended_on = self.value(said, "CINPlanEndDate", self.past, path)
        self.in_order(element, started_on, ended_on, f"{path}/CINPlanEndDate", "group")
        return InNeedPlan(started_on, ended_on)

    def enquiry(self, element: Element) -> Enquiry:
        said, path = [element], "CINdetails/Section47"
        return Enquiry(
            started_on=self.needed(element, said, "S47ActualStartDate", self.past, path, "group"),
            conference_target_on=self.value(said, "InitialCPCtarget", values.day, path),
            conference_on=self.value(said, "DateOfInitialCPC", values.day, path),
            conference_not_required=self.value(said, "ICPCnotRequired", values.flag, path),
        )

    def protection_plan(self, element: Element) -> ProtectionPlan:
        said, path = [element], "CINdetails/ChildProtectionPlans"
        started_on = self.needed(element, said, "CPPstartDate", self.past, path, "group")
        ended_on = self.value(said, "CPPendDate", self.past, path)
        self.in_order(element, started_on, ended_on, f"{path}/CPPendDate", "group")
        return ProtectionPlan(
            started_on=started_on,
            ended_on=ended_on,
            initial_category=self.value(said, "InitialCategoryOfAbuse", values.code_in(AbuseCategory), path),
            latest_category=self.value(said, "LatestCategoryOfAbuse", values.code_in(AbuseCategory), path),
            previous_plans=self.value(said, "NumberOfPreviousCPP", values.count, path),
            reviewed_on=self.each(within(said, "Reviews"), "CPPreviewDate", self.past, f"{path}/Reviews"),
        )

    # --- values ---

    def value(
        self, groups: Groups, tag: str, read: Callable[[str], T], path: str, costs: str = "value"
    ) -> T | None:
        """The one value of an element, or ``None`` where it is absent or empty.

        A bad value costs itself; with ``costs`` it takes the named whole with it.
        """
        first: Element | None = None
        for element in within(groups, tag):
            if not element.text:
                continue
            if first is None:
                first = element
            elif element.text != first.text:
                reason = "This is given twice, and differently; the first is kept."
                if costs != "value":
                    raise self.left_out(
                        element, f"{path}/{tag}", "repeated", "This is given twice, and differently.", costs
                    )
                self.reject(element, f"{path}/{tag}", "repeated", reason, "value")
        if first is None:
            return None
        try:
            return read(first.text)
        except BadValueError as bad:
            if costs != "value":
                raise self.left_out(first, f"{path}/{tag}", bad.code, bad.reason, costs) from bad
            self.reject(first, f"{path}/{tag}", bad.code, bad.reason, costs)
            return None

    def needed(
        self, whole: Element, groups: Groups, tag: str, read: Callable[[str], T], path: str, costs: str
    ) -> T:
        found = self.value(groups, tag, read, path, costs)
        if found is None:
            raise self.left_out(
                whole, f"{path}/{tag}", "missing", f"The {costs} stands on this, and it is absent.", costs
            )
        return found

    def each(self, groups: Groups, tag: str, read: Callable[[str], T], path: str) -> tuple[T, ...]:
        taken = []
        for element in within(groups, tag):
            if element.text:
                try:
                    taken.append(read(element.text))
                except BadValueError as bad:
                    self.reject(element, f"{path}/{tag}", bad.code, bad.reason, "value")
        return tuple(dict.fromkeys(taken))

    def in_order(self, element: Element, start: date, end: date | None, field: str, costs: str) -> None:
        if end is not None and end < start:
            raise self.left_out(
                element, field, "dates-contradict", f"The {costs} ends before it starts.", costs
            )

    def left_out(self, element: Element, field: str, code: str, reason: str, costs: str) -> LeftOutError:
        value = "" if element.children else value_class(element.text)
        at = element.column
        return LeftOutError(Reject(self.source, element.line, field, value, code, reason, costs, at))

    def reject(self, element: Element, field: str, code: str, reason: str, costs: str) -> None:
        self.rejects.append(self.left_out(element, field, code, reason, costs).reject)


def within(groups: Groups, tag: str) -> list[Element]:
    """Every element of that name in the groups: a group that is repeated is read as one."""
    return [element for group in groups for element in group.children if element.tag == tag]


def leaves(element: Element) -> list[tuple[str, str]]:
    """Name and text of every element in it, in order: what the file said, whatever its white space."""
    found = []
    waiting = [element]
    while waiting:
        next_one = waiting.pop()
        found.append((next_one.tag, next_one.text))
        waiting.extend(reversed(next_one.children))
    return found


def _upn_unknown(text: str) -> str:
    if re.fullmatch(r"UN[0-9]{1,2}", text.upper()) is None:
        raise BadValueError("unknown-code", "A reason for having no UPN is UN and a number.")
    return text.upper()
