"""Whether an agency may share these kinds of data about a person, and on what basis.

The hub's agreement, a dated matrix in its configuration, says what is offered and prefills it; the law,
``law_rules``, refuses combinations that it does not offer. Who may *see* what is shared
is not decided here, nor does this replace the person who confirms the basis for each person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeVar

from mash_desktop.domain.codes import AgencyKind, Cohort, DataKind, RefusalReason
from mash_desktop.domain.configuration import HubConfig, LawfulRow
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.law import (
    Article6,
    Article9,
    Article10,
    Basis,
    Gateway,
    Part3,
    ScheduleGround,
    ScheduleParagraph,
)
from mash_desktop.domain.law_rules import GROUNDS_OF, PARAGRAPHS_OF, RULES, SENSITIVE, Sharing

__all__ = ["Basis", "check", "check_withholding", "offered", "prefill", "say"]


def offered(
    config: HubConfig, cohort: Cohort, agency_kind: AgencyKind, data_kinds: Collection[DataKind], on: date
) -> LawfulRow:
    """What the agreement in force offers for all of these data together, less what is not yet law.

    Raises ``nothing-to-share`` for no kind of data and ``no-lawful-basis`` where the agreement has no row,
    or nothing common to all the kinds asked for.
    """
    return _offered(_sharing(config, cohort, agency_kind, data_kinds, on))


def prefill(
    config: HubConfig, cohort: Cohort, agency_kind: AgencyKind, data_kinds: Collection[DataKind], on: date
) -> Basis:
    """The basis that the agreement proposes: the first of each thing offered that the data call for."""
    sharing = _sharing(config, cohort, agency_kind, data_kinds, on)
    offer = _offered(sharing)
    if not offer.article6:
        part3 = Part3.STRICTLY_NECESSARY if sharing.sensitive else Part3.TASK
        lifted = offer.common_law[:1] if sharing.confidential else ()
        return Basis(gateway=offer.gateways[0], part3=part3, common_law=_first(lifted))
    article9 = _first(offer.article9) if sharing.sensitive else None
    article10 = _first(offer.article10) if sharing.offences else None
    paragraph = _first(_paragraphs(offer.schedule_paragraphs, article9, article10))
    grounds = GROUNDS_OF[paragraph] if paragraph else frozenset[ScheduleGround]()
    return Basis(
        gateway=offer.gateways[0],
        article6=offer.article6[0],
        article9=article9,
        schedule_paragraph=paragraph,
        schedule_ground=_first([ground for ground in offer.schedule_grounds if ground in grounds]),
        article10=article10,
        common_law=_first(offer.common_law) if sharing.confidential else None,
    )


def check(
    config: HubConfig,
    basis: Basis,
    cohort: Cohort,
    agency_kind: AgencyKind,
    data_kinds: Collection[DataKind],
    on: date,
) -> None:
    """Refuse a basis that the law does not offer for this sharing, then one outside the hub's agreement.

    ``cohort`` settles who is protected: domestic abuse is a victim who is neither a child nor an adult with
    care and support needs. Raises ``Refusal`` naming the field of ``Basis`` at fault.
    """
    sharing = _sharing(config, cohort, agency_kind, data_kinds, on)
    for rule in RULES:
        rule(basis, sharing)
    within_the_agreement(basis, sharing)


def check_withholding(config: HubConfig, about_child: bool, reason: RefusalReason, on: date) -> None:
    """Children Act 2004 s16LA: once in force, sharing about a child is a duty with two exceptions.

    What is not relevant to the child's welfare, and what would be more detrimental to the child to share
    than to withhold. Any other code is refused from commencement on; before it, and about adults, each may
    be used. The day of commencement is configuration.
    """
    if about_child and config.sharing_duty_in_force(on) and not reason.is_16la:
        raise Refusal(
            "withholding-not-excepted",
            "Information about a child may be withheld only as not relevant, or as more detrimental to share "
            "(Children Act 2004 s16LA). Choose one of these or share it.",
            "reason",
        )


def say(basis: Basis) -> str:
    """The basis on one line: ``s17, 6(1)(e), 9(2)(g), Sch 1 p18``."""
    parts = [basis.gateway.short]
    parts += [code.label.split(" ", 1)[0] for code in (basis.article6, basis.article9) if code]
    if basis.article10:
        parts.append("Art 10")
    if basis.schedule_paragraph:
        parts.append(f"Sch 1 p{basis.schedule_paragraph.value}")
    if basis.part3:
        parts.append(basis.part3.label)
    if basis.common_law:
        parts.append(f"confidence: {basis.common_law.label}")
    return ", ".join(parts)


def within_the_agreement(basis: Basis, sharing: Sharing) -> None:
    """The hub's sharing agreement: what the law leaves open, the partners have settled among themselves."""
    offer = _offered(sharing)
    chosen: tuple[tuple[str, object, Sequence[object]], ...] = (
        ("gateway", basis.gateway, offer.gateways),
        ("article6", basis.article6, offer.article6),
        ("article9", basis.article9, offer.article9),
        ("schedule_paragraph", basis.schedule_paragraph, offer.schedule_paragraphs),
        ("schedule_ground", basis.schedule_ground, offer.schedule_grounds),
        ("article10", basis.article10, offer.article10),
        ("part3", basis.part3, offer.part3),
        ("common_law", basis.common_law, offer.common_law),
    )
    for field, value, among in chosen:
        if value is not None and value not in among:
            raise Refusal(
                "not-in-agreement",
                "The hub's sharing agreement does not offer this for these data. Choose one that it offers.",
                field,
            )


def _sharing(
    config: HubConfig, cohort: Cohort, agency_kind: AgencyKind, data_kinds: Collection[DataKind], on: date
) -> Sharing:
    if not data_kinds:
        raise Refusal("nothing-to-share", "Say which kinds of data are to be shared.", "data_kinds")
    return Sharing(config, cohort, agency_kind, frozenset(data_kinds), on)


def _offered(sharing: Sharing) -> LawfulRow:
    rows = {kind: _row(sharing, kind) for kind in DataKind if kind in sharing.data_kinds}
    every = list(rows.values())
    conditioned = [row for kind, row in rows.items() if kind is not DataKind.ORDINARY]
    gateways = [code for code in _common([row.gateways for row in every]) if _in_force(code, sharing)]
    article6 = [code for code in _common([row.article6 for row in every]) if _in_force(code, sharing)]
    part3 = _common([row.part3 for row in every])
    if not gateways or not (article6 or part3):
        raise _no_basis(sharing)
    return LawfulRow(
        cohorts=(sharing.cohort,),
        agency_kinds=(sharing.agency_kind,),
        data_kinds=tuple(rows),
        gateways=tuple(gateways),
        article6=tuple(article6),
        article9=_common([rows[kind].article9 for kind in rows if kind in SENSITIVE]),
        schedule_paragraphs=_common([row.schedule_paragraphs for row in conditioned]),
        schedule_grounds=_common([row.schedule_grounds for row in conditioned]),
        article10=_common([rows[kind].article10 for kind in rows if kind is DataKind.CRIMINAL_OFFENCE]),
        part3=part3,
        common_law=_common([rows[kind].common_law for kind in rows if kind is DataKind.CONFIDENTIAL_HEALTH]),
    )


def _row(sharing: Sharing, kind: DataKind) -> LawfulRow:
    for row in sharing.config.lawfulness:
        covers = sharing.cohort in row.cohorts and sharing.agency_kind in row.agency_kinds
        if covers and kind in row.data_kinds and row.holds(sharing.on):
            return row
    raise _no_basis(sharing)


def _no_basis(sharing: Sharing) -> Refusal:
    return Refusal(
        "no-lawful-basis",
        f"The sharing agreement gives {sharing.agency_kind.label.lower()} no basis to share these data about "
        f"{sharing.cohort.label.lower()}. Ask the information governance officer.",
        "data_kinds",
    )


def _in_force(code: Gateway | Article6, sharing: Sharing) -> bool:
    if code is Gateway.CHILDREN_ACT_2004_S16LA:
        return sharing.config.sharing_duty_in_force(sharing.on)
    if code is Article6.RECOGNISED_LEGITIMATE_INTEREST:
        return sharing.config.legitimate_interest_in_force(sharing.on)
    return True


def _paragraphs(
    offered: Sequence[ScheduleParagraph], article9: Article9 | None, article10: Article10 | None
) -> list[ScheduleParagraph]:
    takes = PARAGRAPHS_OF[article9] if article9 else frozenset[ScheduleParagraph]()
    if takes:
        return [paragraph for paragraph in offered if paragraph in takes]
    return list(offered) if article10 is Article10.SCHEDULE_1 else []


T = TypeVar("T")


def _common(lists: Sequence[Sequence[T]]) -> tuple[T, ...]:
    """What is in all of the lists, in the order of the first; nothing for no list."""
    return tuple(one for one in lists[0] if all(one in other for other in lists[1:])) if lists else ()


def _first(among: Sequence[T]) -> T | None:
    return among[0] if among else None
