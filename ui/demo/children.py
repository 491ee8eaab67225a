"""The Carter children: from a school's call to a signed section 47 decision and a case that closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.demo.answers import Item, give_findings, give_nothing_held, give_refusal, open_request
from ui.demo.people import PASSPHRASE
from ui.demo.seat import Seat
from ui.demo.steps import (
    Decision,
    People,
    accept,
    action,
    admit,
    ask,
    close,
    draft,
    papers,
    rate,
    rely,
    send_on,
    view,
)

if TYPE_CHECKING:
    from ui.demo.day import Day

WORDS = (
    "Mia came in with a bruise on her left forearm, says she fell on the stairs. Second time this month. "
    "Mum's new partner collects her. Mia did not want to go home with him on Friday."
)
FAMILY = (
    "Mia Carter 3 Apr 2017 subject",
    "Tyler Carter 11 Sep 2020 brother, subject",
    "Joanne Carter 1988 est mother PR",
    "“Dean” mother's partner",
)
CASE = "Carter, Mia"
ANALYSIS = {
    "harm": "Two unexplained injuries in five weeks; child afraid of an adult at home.",
    "protective": "School and grandmother.",
    "unknown": "Dean's full name and history.",
    "voice": "Mia did not want to go home with him.",
}
DECISIONS = {
    "Mia": Decision(
        "protection",
        "Section 47 enquiry, joint with police. Strategy discussion today at 15:00.",
        "Two unexplained injuries in five weeks; a child afraid of an adult in the household.",
    ),
    "Tyler": Decision("in need", "Child in need plan continues.", "No injury seen; same household."),
}


def tell(day: Day) -> None:
    day.telling.part("One referral: the Carter children")
    priya, ruth = day.seat("priya"), day.seat("ruth")
    stream = _call(day, priya)
    _oversee(day, ruth)
    known = People(ruth, stream)
    karen, dee = day.seat("karen"), day.seat("dee")
    _rate_and_ask(day, karen)
    _open_table(day, dee)
    _answers(day, dee, known)
    _deliberate(day, dee, known)
    draft(dee, known, DECISIONS)
    dee.sees("waits for sign-off")
    _show_the_room(day, dee)
    day.picture(dee, "round-table")
    day.high_contrast(dee, "round-table")
    _send_back(day, ruth, dee, known)
    _sign(day, ruth)
    _receive(day, ruth, known)


def _call(day: Day, priya: Seat) -> str:
    priya.go("triage")
    day.picture(priya, "triage-queue")
    priya.press("triage.new")
    priya.type("triage.caller.who", "Helen Marsh, deputy head")
    priya.type("triage.caller.organisation", "St Chad's Primary")
    priya.type("triage.caller.call_back", "01785 555 0142")
    priya.choose("triage.arrival.source", "2A")
    priya.choose("triage.caller.may_know", "Yes")
    priya.type("triage.account.words", WORDS)
    priya.type("triage.account.where_now", "At school with the caller until 15:15")
    priya.type("triage.account.next_access", "Today 15:15, collection")
    priya.choose("triage.account.danger", "No")
    for line in FAMILY:
        priya.type("triage.line", line, then="Return")
        priya.sees(line.split()[0].strip("“”"))
    priya.type("triage.home.line", "14 Mill Lane, Stafford")
    priya.type("triage.home.postcode", "ST16 2QB")
    day.telling.step("Priya Nair takes a call from a school and types as she listens.")
    priya.sees("Mia Louise Carter")
    priya.sees("2 earlier")
    day.telling.step("Two earlier records of the family are found while she types.")
    priya.find("triage.route.social-work-gateway")
    day.picture(priya, "triage")
    day.high_contrast(priya, "triage")
    priya.press("triage.match.same")
    stream = priya.person_window.window.current_reference() or priya.opened()
    priya.press("triage.route.social-work-gateway")
    priya.type(
        "triage.routing.rationale", "Second unexplained injury this month; child afraid of an adult at home."
    )
    priya.tick("triage.routing.history_searched")
    day.picture(priya, "triage-routing")
    priya.press("triage.routing.take")
    day.telling.step("She records *child in need* for both children and routes to the Social Work Gateway.")
    return stream


def _oversee(day: Day, ruth: Seat) -> None:
    ruth.go("oversight")
    ruth.pick("oversight.table", CASE)
    day.picture(ruth, "oversight")
    admit(ruth, purpose="To find out whether the children are safe at home.", reason="Threshold met: s17.")
    day.telling.step("Ruth Okafor agrees and admits it: lawful basis and each person in scope confirmed.")


def _rate_and_ask(day: Day, karen: Seat) -> None:
    karen.go("hub")
    karen.pick("hub.table", CASE)
    rate(karen, "Amber", "Two injuries in five weeks; safe at school today.")
    day.telling.step("Karen Shaw, hub manager, rates it amber.")
    karen.pick("hub.table", CASE)
    ask(karen, ("police", "mpft", "probation"), "Bruise to a child's arm; account does not fit.")
    day.telling.step("She asks police, health and probation about named people, with the minimum concern.")
    karen.pick("hub.table", CASE)
    day.picture(karen, "hub-board")
    day.high_contrast(karen, "hub-board")
    karen.key("Ctrl+K")
    karen.type_here("rerate")
    day.picture(karen, "command-palette")
    karen.key("Esc")
    karen.key("F1")
    day.picture(karen, "keys")
    karen.key("Esc")


def _open_table(day: Day, dee: Seat) -> None:
    dee.go("hub")
    dee.pick("hub.table", CASE)
    dee.press("hub.table_open")
    dee.find("table.chronology")
    day.telling.step("Dee Lowe, facilitator, brings the case to the round table.")


def _answers(day: Day, dee: Seat, known: People) -> None:
    mia, tyler, joanne, dean = (known[name] for name in ("Mia", "Tyler", "Joanne", "Dean"))
    sam, iris, colin = day.seat("sam"), day.seat("iris"), day.seat("colin")
    open_request(sam, CASE)
    day.picture(sam, "requests")
    give_findings(
        sam,
        "Niche",
        (mia, tyler, joanne, dean),
        (
            Item("Verbal argument reported by a neighbour; no offences.", (joanne, dean), "31 Oct 2026"),
            Item(
                "A source says that Dean is wanted for questioning elsewhere.",
                (dean,),
                "2 Jun 2026",
                graded=("2", "B", "C"),
                wording="Held by police: ask the police representative.",
            ),
        ),
    )
    dee.sees("Verbal argument reported by a neighbour")
    day.telling.step("Police answer; their words reach the round table by themselves, conditions kept.")
    open_request(colin, CASE)
    give_nothing_held(colin, "nDelius")
    dee.sees("nothing held")
    day.telling.step("Probation hold nothing, and say which system they searched.")
    open_request(iris, CASE)
    give_refusal(
        iris,
        (mia, tyler, joanne, dean),
        "Duty of confidence",
        "Adult mental health record; nothing in it bears on the children's safety today.",
        "12 Dec 2026",
    )
    dee.sees("refused")
    day.telling.step("Health refuse, with a reason and a day on which it is reviewed.")


def _deliberate(day: Day, dee: Seat, known: People) -> None:
    for agency in ("police", "probation"):
        seat = dee.find(f"table.seat.{agency}")
        seat.setFocus()
        dee.key("P", seat)
    for part, words in ANALYSIS.items():
        dee.type(f"table.analysis.{part}", words)
    view(dee, "Police", "Mia", "protection", "Two injuries and an account that does not fit.")
    action(dee, "Strategy discussion today", "Ruth Okafor", "15:00")
    rely(dee, "Verbal argument")
    rely(dee, "Mia came in with a bruise")
    day.telling.step("She records attendance, views, analysis and actions.")


def _show_the_room(day: Day, dee: Seat) -> None:
    dee.press("table.second-display")
    dee.sees("second display: on")
    day.wall(dee, "second-display")
    day.telling.step("The second display shows the room what everybody present may see.")


def _send_back(day: Day, ruth: Seat, dee: Seat, known: People) -> None:
    day.telling.step("Decided: Mia is stepped up to child protection, Tyler is confirmed at child in need.")
    ruth.go("sign")
    ruth.sees("stepped up")
    day.picture(ruth, "sign-off")
    day.high_contrast(ruth, "sign-off")
    ruth.press("sign.return")
    ruth.type("sign.reason", "Say who keeps Mia safe until the strategy discussion.")
    ruth.press("sign.form.save")
    dee.sees("Say who keeps Mia safe")
    day.telling.step("Ruth Okafor returns the draft once, with a reason.")
    amended = {
        "Mia": Decision(
            "protection",
            "Section 47 enquiry, joint with police. Mia stays with Mrs Marsh until a safe adult comes.",
            "Two unexplained injuries in five weeks; a child afraid of an adult in the household.",
        )
    }
    draft(dee, known, amended)
    day.telling.step("Dee Lowe amends it and drafts again.")


def _sign(day: Day, ruth: Seat) -> None:
    ruth.go("sign")
    ruth.sees("Mia stays with Mrs Marsh")
    ruth.type("sign.passphrase", PASSPHRASE)
    ruth.press("sign.sign")
    ruth.find("sign.send")
    day.telling.step("Ruth Okafor signs exactly this text, with her passphrase.")


def _receive(day: Day, ruth: Seat, known: People) -> None:
    tom, bel = day.seat("tom"), day.seat("bel")
    tom.go("inbox")
    day.picture(tom, "inbox-empty")
    teams = {"Mia": "Child protection", "Tyler": "Social Work Gateway"}
    send_on(day, ruth, known, teams, "Mrs Marsh was telephoned at the end of the meeting.", "sending")
    day.picture(ruth, "signed")
    day.telling.step(
        "Mia goes to child protection and Tyler to the Social Work Gateway; the referrer is told the outcome."
    )
    papers(day, ruth, "children", tuple(teams.values()))
    day.telling.step("A summary for each receiving team and the feedback to the referrer are made.")
    accept(day, tom, "Carter, Tyler", "inbox-carter")
    day.telling.step("Tom Hartley accepts Tyler for the Social Work Gateway, and records the first action.")
    accept(day, bel, CASE)
    close(bel, "Each child is with the team that helps.")
    day.telling.step("Bel Osei accepts Mia for child protection; now that both are taken on, it closes.")
