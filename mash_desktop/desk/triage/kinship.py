"""Who is related to whom, as the words of a relation say: *mother*, *mother's partner*, *father, separated*.

The words are typed for a person; what they say of each pair is recorded for the genogram, where somebody can
see and correct it. Words that name nobody known here relate nobody, and no address relates anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from ...domain.codes import Cohort
from ...domain.entries import Body
from ...domain.entries.contact import RelationshipRecorded, SubjectRecorded
from ...domain.fold import Referral
from ...domain.fold.people import full_name, relationships
from ..desk import Desk

PARENT, CHILD, PARTNER, SEPARATED, SIBLING, OTHER = (
    "parent", "child", "partner", "separated", "sibling", "other",
)  # fmt: skip
BONDS = (
    (PARENT, "parent"),
    (CHILD, "child"),
    (PARTNER, "partner"),
    (SEPARATED, "separated"),
    (SIBLING, "brother or sister"),
    (OTHER, "other"),
)
"""What one person can be to another, as the form of a person offers it."""

_MOTHERS = frozenset({"mother", "mum", "mam", "mom"})
_FATHERS = frozenset({"father", "dad"})
_ROLES = {
    **dict.fromkeys(_MOTHERS | _FATHERS | {"parent"}, PARENT),
    **dict.fromkeys(("son", "daughter"), CHILD),
    **dict.fromkeys(("partner", "husband", "wife", "boyfriend", "girlfriend", "spouse"), PARTNER),
    **dict.fromkeys(("brother", "sister", "sibling", "twin"), SIBLING),
    **dict.fromkeys(
        ("grandmother", "grandfather", "grandparent", "grandma", "grandad", "gran", "nan", "aunt", "uncle"),
        OTHER,
    ),
    **dict.fromkeys(("cousin", "niece", "nephew", "relative"), OTHER),
}
_ENDED = frozenset({"ex", "separated", "estranged", "divorced", "former"})
_UNLIKE = frozenset({"foster", "law", "god", "great"})
"""With one of these a *mother* is not the mother that a genogram draws."""
_PREFIX = re.compile(r"^(step|half)-?(?=.)")
_CHILD_OF_CONCERN = frozenset({"child", "subject", "victim"})


class Kin(msgspec.Struct, frozen=True):
    """What the words make somebody. ``whose`` is empty for the people the concern is about."""

    roles: frozenset[str]
    whose: str = ""


def read_kin(relation: str) -> Kin:
    """What a relation says, in words: *mum's ex* is separated from mum."""
    words = relation.lower().replace("’", "'").replace(",", " ").replace("ex-", "ex ").split()
    head, whose = words, ""
    owner = next((n for n, word in enumerate(words) if word.endswith("'s")), None)
    if owner is not None:
        head, whose = words[owner + 1 :], " ".join(words[: owner + 1]).removesuffix("'s")
    elif "of" in words:
        at = words.index("of")
        head, whose = words[:at], " ".join(words[at + 1 :])
    parts = {part for word in head for part in _PREFIX.sub("", word).split("-")}
    roles = {_ROLES[part] for part in parts if part in _ROLES}
    if roles and parts & _UNLIKE:
        roles = {OTHER}
    if parts & _ENDED and PARTNER in roles:
        roles = {SEPARATED}
    elif parts & _ENDED and (whose or roles == {PARENT}):
        roles |= {SEPARATED}
    return Kin(frozenset(roles), whose)


def _family(
    people: Mapping[str, SubjectRecorded], cohort: Cohort | None
) -> dict[frozenset[str], RelationshipRecorded]:
    """Every relation that the words of these people say, by pair; the first to say it stands."""
    kin = {subject: read_kin(body.relation) for subject, body in people.items()}
    concerned = [s for s, body in people.items() if body.of_concern and not kin[s].roles & {PARENT, PARTNER}]
    found: dict[frozenset[str], RelationshipRecorded] = {}
    for subject, said in kin.items():
        others = [one for one in _meant(subject, said, people, kin, concerned) if one != subject]
        for role in sorted(said.roles):
            to = others
            if not said.whose and role == SEPARATED and PARENT in said.roles:
                to = _only([s for s, one in kin.items() if PARENT in one.roles and s != subject])
            elif not said.whose and role in {PARTNER, SEPARATED, CHILD} and cohort is Cohort.CHILDREN:
                to = []  # said of a child, this is somebody else's partner or son: nobody says whose
            for other in to:
                found.setdefault(frozenset((subject, other)), _said(subject, role, other))
    return found


def _meant(
    subject: str,
    said: Kin,
    people: Mapping[str, SubjectRecorded],
    kin: Mapping[str, Kin],
    concerned: list[str],
) -> list[str]:
    """Of whom the words speak: everybody of concern, or the one person whom they name."""
    if not said.whose:
        return concerned
    words = frozenset(said.whose.split())
    if words & _CHILD_OF_CONCERN:
        return concerned
    for among in (_MOTHERS, _FATHERS):
        if words & among:
            return _only(
                [
                    s
                    for s, body in people.items()
                    if s != subject and not kin[s].whose and PARENT in kin[s].roles
                    and {_PREFIX.sub("", w) for w in body.relation.lower().replace(",", " ").split()} & among
                ]
            )  # fmt: skip
    named = [s for s, body in people.items() if s != subject and said.whose in _names(body)]
    return _only(named)


def _names(body: SubjectRecorded) -> set[str]:
    said = (body.forenames, *body.forenames.split(), full_name(body), *body.aliases)
    return {name.lower() for name in said if name}


def _only(found: list[str]) -> list[str]:
    """The one who can be meant; where several can, nobody is."""
    return found if len(found) == 1 else []


def _said(subject: str, role: str, other: str) -> RelationshipRecorded:
    if role == CHILD:
        return RelationshipRecorded(first=other, second=subject, relation=PARENT)
    return RelationshipRecorded(first=subject, second=other, relation=role)


def also_said(referral: Referral, subject: SubjectRecorded) -> list[Body]:
    """What is recorded of the pairs along with a person: as the words say, unless somebody said otherwise.

    A pair that nobody has told yet is told. One that stands as the earlier words had it follows the new
    words; one that was corrected stays.
    """
    people = {one: made.body for one, made in referral.subjects.items()}
    before = _family(people, referral.cohort)
    after = _family({**people, subject.subject: subject}, referral.cohort)
    standing = {frozenset((one.first, one.second)): one for one in relationships(referral)}
    found: list[Body] = []
    for pair in {**before, **after}:
        held, said = standing.get(pair), after.get(pair)
        if held is None and said is not None:
            found.append(said)
        elif held is not None and held == before.get(pair) and held != said:
            found.append(said or msgspec.structs.replace(held, relation=OTHER))
    return found


class Bond(msgspec.Struct, frozen=True):
    """What one person is to another, as the form of the one shows it; empty where nothing is recorded."""

    other: str
    name: str
    bond: str


def bonds(referral: Referral, subject: str) -> tuple[Bond, ...]:
    """What one person is to each other person here."""
    held: dict[str, str] = {}
    for one in relationships(referral):
        if one.first == subject:
            held[one.second] = one.relation
        elif one.second == subject:
            held[one.first] = CHILD if one.relation == PARENT else one.relation
    return tuple(
        Bond(other, full_name(made.body), held.get(other, ""))
        for other, made in referral.subjects.items()
        if other != subject
    )


def relate(desk: Desk, stream: str, subject: str, other: str, bond: str) -> None:
    """Say what one person is to another, which stands instead of what was said of the two. ``Refusal``."""
    desk.act(stream, _said(subject, bond, other))
