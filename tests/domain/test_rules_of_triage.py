"""What is refused on the way into the hub: triage, oversight, strategy discussion, admission, rating."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mash_desktop.domain.codes import Cohort, DataKind, Rag
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries.contact import (
    AdultRecorded,
    ConcernRecorded,
    HistorySearched,
    SettingRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.entries.triage import (
    InScope,
    RagRated,
    StrategyHeld,
    SubjectLevel,
)
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.lawfulness import prefill
from mash_desktop.domain.roles import Role
from mash_desktop.domain.rules.oversight import needs_decision
from mash_desktop.domain.verdict import Verdict

from .refusing import Cases, Taken, but
from .stories import (
    DEPUTY,
    SAFEGUARDING,
    OneVictim,
    admission,
    at,
    overseeing,
    stage_of,
    triaging,
)
from .story import CONSULTANT, MANAGER, OPERATOR, Story, staffordshire, with_blue

IN_NEED = "child_in_need"
HELD = StrategyHeld(
    present=("scc-children", "police", "mpft"),
    decision="s47_joint",
    subjects=("mia",),
    reason="Two unexplained injuries.",
    seen_by="Today at 18:00",
)
RATED = RagRated(rag=Rag.RED, reason="He is at home tonight.")


def triage(level: str = IN_NEED, route: str = "social-work-gateway", **changes: object) -> Verdict:
    return at(Stage.CONTACT).judged(OPERATOR, but(triaging(level, route), **changes))


def oversee(**changes: object) -> Verdict:
    return at(Stage.TRIAGED).judged(CONSULTANT, but(overseeing("admit"), **changes))


def strategy(**changes: object) -> Verdict:
    return at(Stage.TRIAGED).judged(CONSULTANT, but(HELD, **changes))


def admit(story: Story | None = None, **changes: object) -> Verdict:
    story = story or at(Stage.OVERSEEN)
    return story.judged(CONSULTANT, but(admission(story), **changes))


def rate(**changes: object) -> Verdict:
    return at(Stage.RATED).judged(MANAGER, but(RATED, **changes))


def rate_blue(hub: HubConfig) -> Verdict:
    story = Story(config=hub).taken().triaged().admitted()
    return story.judged(MANAGER, RagRated(rag=Rag.BLUE, reason="Nothing presses."))


def triaged_by_herself() -> Verdict:
    story = at(Stage.CONTACT)
    story.tell(CONSULTANT, triaging(IN_NEED, "social-work-gateway"))
    return story.judged(CONSULTANT, overseeing("admit"))


def without_anybody() -> Verdict:
    story = Story()
    story.tell(
        OPERATOR, at(Stage.CONTACT).entries[0].body, ConcernRecorded(account="a1", words="A child cried.")
    )
    return story.judged(OPERATOR, but(triaging(IN_NEED, "social-work-gateway"), levels=()))


def of_a_home(*, named: bool) -> Verdict:
    story = OneVictim()
    story.organisational = True
    story.taken()
    if named:
        story.tell(
            story.operator, SettingRecorded(setting="s1", name="Hawthorn House", provider="Oakmere Care")
        )
    return story.judged(story.operator, story.triaging())


def below_threshold() -> Verdict:
    story = at(Stage.TRIAGED)
    story.tell(CONSULTANT, overseeing("admit", "early_help"))
    return admit(story)


def sent_elsewhere() -> Verdict:
    story = at(Stage.TRIAGED)
    story.tell(CONSULTANT, overseeing("reroute", route="family-hub"))
    return admit(story)


def unlawful() -> Verdict:
    story = at(Stage.OVERSEEN)
    basis = prefill(
        story.config,
        Cohort.ADULTS,
        story.config.agency("scc-adults").kind,
        (DataKind.ORDINARY,),
        story.now.date(),
    )
    return admit(story, scope=(InScope("mia", "subject", (DataKind.ORDINARY,), basis),))


def not_consenting(reason: str) -> Verdict:
    story = OneVictim().taken().triaged()
    story.tell(story.operator, AdultRecorded(subject="alma", consent=False, override_reason=reason))
    story.tell(story.decides, story.overseeing())
    return story.judged(story.decides, admission(story, ("alma",), "s42_enquiry"))


def without_a_ladder() -> Verdict:
    config = but(staffordshire(), ladders=())
    return Story(config=config).taken().judged(OPERATOR, triaging(IN_NEED, "social-work-gateway"))


def admitted_without_a_ladder() -> Verdict:
    story = at(Stage.OVERSEEN)
    config = but(staffordshire(), ladders=())
    other = Story(config=config)
    other.entries, other.now = story.entries, story.now
    return other.judged(CONSULTANT, admission(story))


REFUSED: Cases = {
    "routing before anything is told": (
        "no-concern",
        lambda: at(Stage.NONE).judged(
            OPERATOR, at(Stage.CONTACT).entries[0].body, triaging(IN_NEED, "social-work-gateway")
        ),
    ),
    "routing before history is searched": ("history-not-searched", lambda: triage(history_searched=False)),
    "routing without a rationale": ("field-empty", lambda: triage(rationale="")),
    "routing to nowhere": ("unknown-route", lambda: triage(route="the-moon")),
    "routing a child to the adults' team": ("route-wrong", lambda: triage(route="adult-safeguarding")),
    "routing before anybody is named": ("nobody-of-concern", without_anybody),
    "two levels for one child": (
        "level-twice",
        lambda: triage(levels=(SubjectLevel("mia", IN_NEED), SubjectLevel("mia", "advice"))),
    ),
    "a level of another ladder": (
        "level-unknown",
        lambda: triage(levels=(SubjectLevel("mia", "s42_enquiry"), SubjectLevel("tyler", IN_NEED))),
    ),
    "a child of concern without a level": (
        "level-missing",
        lambda: triage(levels=(SubjectLevel("mia", IN_NEED),)),
    ),
    "a level where the hub has no ladder": ("not-opened", without_a_ladder),
    "a concern about a home that is not named": ("setting-missing", lambda: of_a_home(named=False)),
    "a decision that is neither": ("decision-unknown", lambda: oversee(decision="perhaps")),
    "oversight of one's own triage": ("own-triage", triaged_by_herself),
    "oversight without reasons": ("field-empty", lambda: oversee(reason="")),
    "a way back to no route": ("unknown-route", lambda: oversee(decision="reroute")),
    "a strategy discussion without health": (
        "strategy-incomplete",
        lambda: strategy(present=("scc-children", "police")),
    ),
    "a strategy discussion that decides nothing": ("decision-unknown", lambda: strategy(decision="later")),
    "a strategy discussion to come": (
        "from-the-future",
        lambda: strategy(held_at=at(Stage.TRIAGED).now + timedelta(hours=1)),
    ),
    "a strategy discussion about nobody": ("nobody-named", lambda: strategy(subjects=())),
    "an enquiry without a day on which the child is seen": ("field-empty", lambda: strategy(seen_by="")),
    "a strategy discussion with a stranger": (
        "unknown-agency",
        lambda: strategy(present=("scc-children", "police", "mpft", "the-press")),
    ),
    "a strategy discussion about an adult": (
        "strategy-not-for-adults",
        lambda: OneVictim().taken().judged(SAFEGUARDING, HELD),
    ),
    "admission of what oversight sent elsewhere": ("not-overseen", sent_elsewhere),
    "admission below every threshold": ("below-threshold", below_threshold),
    "admission on a threshold that nobody meets": (
        "threshold-wrong",
        lambda: admit(threshold="child_protection"),
    ),
    "admission of nobody": ("scope-empty", lambda: admit(scope=())),
    "admission of one child twice": (
        "scope-twice",
        lambda: admit(scope=admission(at(Stage.OVERSEEN), ("mia", "mia")).scope),
    ),
    "admission on an adult's basis": ("gateway-not-for-cohort", unlawful),
    "admission without a purpose": ("field-empty", lambda: admit(purpose="")),
    "a person in scope without a ground": (
        "field-empty",
        lambda: admit(scope=(but(admission(at(Stage.OVERSEEN)).scope[0], ground=""),)),
    ),
    "a person in scope who is not here": (
        "subject-unknown",
        lambda: admit(scope=(but(admission(at(Stage.OVERSEEN)).scope[0], subject="nobody"),)),
    ),
    "an adult overridden without a reason": ("consent-overridden-why", lambda: not_consenting("")),
    "admission where the hub has no ladder": ("not-opened", admitted_without_a_ladder),
    "a rating without a reason": ("field-empty", lambda: rate(reason=" ")),
    "a rating that the hub does not offer": ("rating-not-offered", lambda: rate_blue(staffordshire())),
    "a rating that the hub offers to another cohort": (
        "rating-not-offered",
        lambda: rate_blue(with_blue(staffordshire(), Cohort.ADULTS)),
    ),
    "a rating that says the same": ("rating-same", lambda: rate(rag=Rag.AMBER)),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_refused(sentence: str) -> None:
    code, judged = REFUSED[sentence]
    verdict = judged()
    assert verdict.code == code, verdict.sentence
    assert verdict.answer == "no"


TAKEN: Taken = {
    "a concern about a home by its name": lambda: of_a_home(named=True),
    "an adult overridden for a reason": lambda: not_consenting("Her son decides for her, and she fears him."),
    "a first rating": lambda: at(Stage.ADMITTED).judged(MANAGER, RATED),
    "a rating by the deputy": lambda: at(Stage.ADMITTED).judged(DEPUTY, RATED),
    "a rating raised for a reason": rate,
    "an untimed rating where the hub offers it": lambda: rate_blue(with_blue(staffordshire())),
    "a strategy discussion before admission": strategy,
    "a strategy discussion that finds no enquiry is needed": lambda: strategy(decision="no_s47", seen_by=""),
    "a strategy discussion recorded a day late": lambda: strategy(
        held_at=at(Stage.TRIAGED).now - timedelta(days=1)
    ),
    "a strategy discussion after the decision": lambda: at(Stage.ACCEPTED).judged(CONSULTANT, HELD),
    "admission": admit,
    "another route chosen by oversight": lambda: oversee(decision="reroute", route="family-hub"),
}


@pytest.mark.parametrize("sentence", TAKEN)
def test_taken(sentence: str) -> None:
    verdict = TAKEN[sentence]()
    assert verdict, (verdict.code, verdict.sentence)


def test_a_route_is_taken_only_while_the_hub_uses_it() -> None:
    routes = tuple(but(one, until=at(Stage.NONE).now.date()) for one in staffordshire().routes)
    story = Story(config=but(staffordshire(), routes=routes)).taken()
    assert story.judged(OPERATOR, triaging(IN_NEED, "social-work-gateway"))
    story.now = story.now.replace(day=13)
    assert story.judged(OPERATOR, triaging(IN_NEED, "social-work-gateway")).code == "route-wrong"


def test_only_the_decision_maker_of_the_cohort_oversees_and_admits() -> None:
    """Children's social care decides for children through its consultant, not through any decision maker."""
    stranger = but(SAFEGUARDING, agency="scc-children", role=Role.SAFEGUARDING_MANAGER)
    assert at(Stage.TRIAGED).judged(stranger, overseeing("admit")).code == "not-decision-maker"
    story = at(Stage.OVERSEEN)
    assert story.judged(stranger, admission(story)).code == "not-decision-maker"


def test_admission_never_comes_before_oversight() -> None:
    for stage in (Stage.CONTACT, Stage.TRIAGED):
        story = at(stage)
        assert story.judged(CONSULTANT, admission(story)).code == "not-permitted"
    story = at(Stage.OVERSEEN)
    story.tell(OPERATOR, triaging(IN_NEED, "social-work-gateway"))
    assert stage_of(story) is Stage.TRIAGED, "triaged anew, it is overseen anew"
    assert story.judged(CONSULTANT, admission(story)).code == "not-permitted"


@pytest.mark.parametrize(
    ("level", "route", "found", "needed"),
    [
        ("advice", "advice", 0, False),
        ("early_help", "early-help-gateway", 0, False),
        ("early_help", "early-help-gateway", 2, True),
        ("child_in_need", "early-help-gateway", 0, True),
        ("early_help", "social-work-gateway", 0, True),
        ("child_protection", "direct-line", 0, True),
    ],
)
def test_a_qualified_decision_is_needed_by_level_by_route_and_by_history(
    level: str, route: str, found: int, needed: bool
) -> None:
    story = at(Stage.CONTACT)
    story.tell(OPERATOR, HistorySearched(found=found))
    story.triaged(level, route)
    assert needs_decision(story.referral, story.config) is needed


def test_a_hub_may_leave_matching_history_to_its_operators() -> None:
    oversight = but(staffordshire().oversight, where_history_matches=False)
    story = Story(config=but(staffordshire(), oversight=oversight)).taken()
    story.tell(OPERATOR, HistorySearched(found=2))
    story.triaged("early_help", "early-help-gateway")
    assert not needs_decision(story.referral, story.config)


def test_every_threshold_of_admission_needs_a_qualified_decision_whatever_the_policy_lists() -> None:
    story = OneVictim().taken().triaged()
    assert "s42_enquiry" not in story.config.oversight.levels
    assert needs_decision(story.referral, story.config)
    assert not needs_decision(OneVictim().taken().triaged("advice").referral, story.config)


def test_the_people_of_concern_may_be_named_anew_until_the_level_is_given() -> None:
    story = at(Stage.CONTACT)
    (tyler,) = (
        one.id
        for one in story.entries
        if isinstance(one.body, SubjectRecorded) and one.body.subject == "tyler"
    )
    story.tell(CONSULTANT, EntryWithdrawn(entry=tyler, reason="Another family's child."))
    assert story.referral.of_concern == ("mia",)
    levels = (SubjectLevel("mia", IN_NEED),)
    assert story.judged(OPERATOR, but(triaging(IN_NEED, "social-work-gateway"), levels=levels))


def test_the_level_at_admission_is_that_of_the_oversight_it_followed() -> None:
    story = at(Stage.TRIAGED)
    story.tell(CONSULTANT, overseeing("admit", "child_protection"))
    story.tell(CONSULTANT, overseeing("admit"))
    story.tell(CONSULTANT, admission(story))
    assert story.referral.admitting is not None
    assert {one.level for one in story.referral.admitting.body.levels} == {IN_NEED}
