"""The two shorter stories: an adult section 42 concern, and a domestic abuse case that goes to MARAC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.demo.answers import Item, give_findings, give_nothing_held, open_request
from ui.demo.people import PASSPHRASE
from ui.demo.seat import Seat
from ui.demo.steps import (
    Decision,
    People,
    accept,
    admit,
    ask,
    close,
    draft,
    papers,
    rate,
    rely,
    send_on,
)

if TYPE_CHECKING:
    from ui.demo.day import Day

DASH_YES = 9
"""Yes answers given: below 14, so that the case is high by professional judgement and not by its count."""


def adult(day: Day) -> None:
    """Mr Pickering: money missing, a nephew who minds it; section 42."""
    day.telling.part("An adult: a section 42 concern")
    priya, leila, dee = day.seat("priya"), day.seat("leila"), day.seat("dee")
    take(
        priya,
        "Adults",
        ("Dr Anna Lowndes, GP", "Weston Road Surgery", "3A"),
        "George says his nephew has his bank card and there is never any money for food. He looks thinner.",
        ("George Pickering 14 Feb 1941 subject", "Alan Pickering 1979 est nephew"),
    )
    priya.type("triage.adult.wishes", "Wants his card back, and his nephew to go on visiting.")
    priya.find("triage.route.adult-safeguarding")
    day.picture(priya, "triage-adult")
    stream = route(priya, "adult-safeguarding", "Weight loss; another person holds his money.")
    day.telling.step(
        "Priya Nair takes a GP's concern about George Pickering and routes it to adult safeguarding."
    )
    case = "Pickering, George"
    _to_hub(day, leila, case, "Green", "Eating with a neighbour today; money secured by the bank.", ("mpft",))
    _bring(dee, case)
    iris = day.seat("iris")
    open_request(iris, case)
    known = People(leila, stream)
    give_findings(
        iris,
        "RiO",
        tuple(one for one in known.all() if iris.there(f"requests.person.{one}.result.findings")),
        (Item("Missed two dietitian appointments.", (known["George"],), "c. Sept 2026"),),
    )
    dee.sees("Missed two dietitian appointments")
    rely(dee, "Missed two dietitian appointments")
    decided = Decision(
        "Section 42",
        "Section 42 enquiry; bank told; nephew to be seen.",
        "Care needs, at risk, cannot protect.",
    )
    draft(dee, known, {"George": decided})
    _sign(leila)
    send_on(day, leila, known, {"George": "sast"}, "Dr Lowndes was telephoned.")
    papers(day, leila, "adult")
    grace = day.seat("grace")
    accept(day, grace, case, "inbox-pickering")
    close(grace, "Taken on by the team.")
    day.telling.step("Leila Farouk signs a section 42 enquiry; the adult team accept and close.")


def domestic_abuse(day: Day) -> None:
    """Ms Tully: nine of the DASH questions, and a judgement that raises it; owned by police, to MARAC."""
    day.telling.part("Domestic abuse: high risk by professional judgement")
    priya, joan, dee = day.seat("priya"), day.seat("joan"), day.seat("dee")
    take(
        priya,
        "Domestic abuse",
        ("PC 4471 Ward", "Staffordshire Police", "6"),
        "Lauren says he has started to follow her from work and told her sister that he would not be left.",
        ("Lauren Tully 9 May 1991 subject", "Craig Hobson 1987 est former partner"),
    )
    questions = [
        w.objectName() for w in priya.all_named("triage.assessment.") if w.objectName().count(".") == 2
    ]
    for name in [one for one in questions if one.rpartition(".")[2].isdigit() or "q" in one][:DASH_YES]:
        priya.choose(name, "Yes")
    priya.tick("triage.assessment.judgement")
    priya.type("triage.assessment.judgement_reason", "Stalking has begun and he speaks of not being left.")
    day.picture(priya, "triage-domestic-abuse")
    stream = route(priya, "police-domestic-abuse", "Escalating; stalking; high by judgement.")
    day.telling.step(
        "Nine yes answers of the DASH questions; professional judgement raises the case to high."
    )
    case = "Tully, Lauren"
    _to_hub(day, joan, case, "Red", "Stalking; he knows where she works.", ("probation",))
    _bring(dee, case)
    colin = day.seat("colin")
    open_request(colin, case)
    give_nothing_held(colin, "nDelius")
    dee.sees("nothing held")
    rely(dee, "Lauren says")
    known = People(joan, stream)
    decided = Decision(
        "High", "Refer to MARAC; safety plan with her tonight.", "Stalking, escalation.", "judgement"
    )
    draft(dee, known, {"Lauren": decided})
    _sign(joan)
    send_on(day, joan, known, {"Lauren": "domestic-abuse"}, "PC Ward was told at the meeting.")
    papers(day, joan, "domestic-abuse")
    mark = day.seat("mark")
    accept(day, mark, case, "inbox-tully")
    close(mark, "Taken on by the team.")
    day.telling.step("Joan Fletcher signs: high, to MARAC on professional judgement below 14.")


def take(seat: Seat, cohort: str, caller: tuple[str, str, str], words: str, people: tuple[str, ...]) -> None:
    seat.go("triage")
    seat.press("triage.new")
    seat.wait(lambda: not seat.written("triage.account.words"), "an empty contact")
    if not seat.there("triage.cohort"):
        seat.press("triage.arrival.more")
    seat.choose("triage.cohort", cohort)
    who, organisation, source = caller
    seat.type("triage.caller.who", who)
    seat.type("triage.caller.organisation", organisation)
    seat.choose("triage.arrival.source", source)
    seat.type("triage.account.words", words)
    seat.choose("triage.account.danger", "No")
    for line in people:
        seat.type("triage.line", line, then="Return")
        seat.sees(" ".join(line.split()[:2]))


def route(seat: Seat, to: str, why: str) -> str:
    seat.press(f"triage.route.{to}")
    seat.type("triage.routing.rationale", why)
    seat.tick("triage.routing.history_searched")
    seat.press("triage.routing.take")
    seat.wait(lambda: not seat.there("triage.routing.take"), "the contact routed")
    return seat.opened()


def _to_hub(day: Day, signer: Seat, case: str, rag: str, why: str, agencies: tuple[str, ...]) -> None:
    """Admitted by the decision maker, rated and asked about by the hub manager."""
    signer.go("oversight")
    signer.pick("oversight.table", case)
    admit(
        signer,
        purpose="To find out how safe this person is, and who knows what.",
        reason="Threshold met.",
    )
    karen = day.seat("karen")
    karen.go("hub")
    karen.pick("hub.table", case)
    rate(karen, rag, why)
    karen.pick("hub.table", case)
    ask(karen, agencies, "Concern for this person's safety at home.")


def _bring(dee: Seat, case: str) -> None:
    dee.go("hub")
    dee.pick("hub.table", case)
    dee.press("hub.table_open")
    dee.find("table.chronology")
    dee.wait(lambda: dee.screen.place_id == "table" and case in dee.words(), f"the table of {case}")


def _sign(signer: Seat) -> None:
    signer.go("sign")
    signer.type("sign.passphrase", PASSPHRASE)
    signer.press("sign.sign")
    signer.find("sign.send")
