"""Steps that every story has: admitting, rating, asking; as a person does them at their screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.demo.seat import Seat
from ui.demo.telling import NotThere

if TYPE_CHECKING:
    from ui.demo.day import Day


_PAPERS = {
    "letter": "referrer",
    "full": "full",
    "round_table": "round-table",
}
"""What the buttons of the other papers are called, and the files that are left of them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is drafted for one person; ``level`` is a word of the level's label."""

    level: str
    intervention: str
    rationale: str
    marac: str = ""


class People:
    """Who is in a referral, by forename, as the screens name them: their subject ids."""

    def __init__(self, seat: Seat, stream: str) -> None:
        self._seat, self.stream = seat, stream

    def __getitem__(self, forename: str) -> str:
        desk = self._seat.person_window.desk
        subjects = desk.referral(self.stream).subjects if desk else {}
        for subject, made in subjects.items():
            if forename in (made.body.forenames.partition(" ")[0], *made.body.aliases):
                return subject
        raise NotThere(f"{forename} is not in the referral")

    def all(self) -> tuple[str, ...]:
        desk = self._seat.person_window.desk
        return tuple(desk.referral(self.stream).subjects) if desk else ()


def admit(seat: Seat, purpose: str, reason: str) -> None:
    """Agree with the contact chosen and admit it, confirming each person's basis."""
    seat.press("oversight.admit")
    seat.type("oversight.purpose", purpose)
    seat.type("oversight.reason", reason)
    while seat.there("oversight.confirm_next"):
        seat.press("oversight.confirm_next")
    seat.press("oversight.form.save")


def rate(seat: Seat, rag: str, reason: str) -> None:
    seat.press("hub.rate")
    seat.choose("hub.rag", rag)
    seat.type("hub.reason", reason)
    seat.press("hub.form.save")


def ask(seat: Seat, agencies: Sequence[str], concern: str) -> None:
    seat.press("hub.ask")
    seat.type("hub.ask.concern", concern)
    for agency in agencies:
        seat.tick(f"hub.ask.agency.{agency}")
    seat.press("hub.ask.send")


def view(seat: Seat, agency: str, about: str, level: str, words: str) -> None:
    seat.press("table.view.add")
    seat.choose("table.view.agency", agency)
    seat.choose("table.view.subject", about)
    seat.choose("table.view.level", level)
    seat.type("table.view.words", words)
    seat.press("table.view.save")


def action(seat: Seat, words: str, owner: str, due: str) -> None:
    seat.press("table.action.add")
    seat.type("table.action.words", words)
    seat.type("table.action.owner", owner)
    seat.type("table.action.due", due)
    seat.press("table.action.save")


def rely(seat: Seat, words: str) -> None:
    """Rely on the line of the chronology that says these words."""
    seat.pick("table.chronology", words)
    seat.key("E")


def draft(seat: Seat, known: People, decisions: Mapping[str, Decision]) -> None:
    """Decide for each person and draft; what is not given stays as it was."""
    for forename, decided in decisions.items():
        subject = known[forename]
        seat.choose(f"table.final.{subject}", decided.level)
        if not seat.there(f"table.intervention.{subject}"):
            seat.choose("table.subjects", forename)
        seat.type(f"table.intervention.{subject}", decided.intervention)
        seat.type(f"table.rationale.{subject}", decided.rationale)
        if decided.marac:
            seat.choose(f"table.marac.{subject}", decided.marac)
    seat.press("table.draft")


def send_on(day: Day, seat: Seat, known: People, to: Mapping[str, str], how: str, name: str = "") -> None:
    """Send each person of a signed decision to a receiving team, and tell the referrer.

    ``to`` are words of the teams' labels, by forename; ``name`` is that of a picture of the form.
    """
    seat.press("sign.send")
    for forename, team in to.items():
        seat.choose(f"sign.team.{known[forename]}", team)
    if name:
        day.picture(seat, name)
    seat.press("sign.form.save")
    seat.press("sign.feedback")
    seat.type("sign.how", how)
    seat.press("sign.form.save")


def papers(day: Day, seat: Seat, name: str, teams: Sequence[str] = ("",)) -> None:
    """Make the documents of a case, look at each and save it among what the demonstration leaves.

    ``teams`` are words of the receiving teams, where there are several: each has its copy.
    """
    for number, team in enumerate(teams, 1):
        seat.press("sign.receiving_team")
        if team:
            seat.choose("sign.sending", team)
            seat.press("sign.form.save")
        seat.find("viewer.save")
        if (name, number) == ("children", 1):
            day.picture(seat, "paper")
        day.save_paper(seat, f"{name}-receiving-team{f'-{number}' if number > 1 else ''}.pdf")
        seat.press("viewer.close")
    for copy, file in _PAPERS.items():
        seat.press(f"sign.{copy}")
        if copy == "letter":
            seat.press("sign.form.save")
        seat.find("viewer.save")
        day.save_paper(seat, f"{name}-{file}.pdf")
        seat.press("viewer.close")


def accept(day: Day, seat: Seat, case: str, picture: str = "") -> None:
    """Accept who came to this person's team, and record what was done first."""
    seat.go("inbox")
    seat.pick("inbox.table", case)
    if picture:
        day.picture(seat, picture)
    seat.press("inbox.accept")
    seat.press("inbox.first")
    seat.type("inbox.words", "Telephoned the school and arranged to see the family today.")
    seat.press("inbox.form.save")


def close(seat: Seat, reason: str) -> None:
    seat.press("inbox.close")
    seat.type("inbox.reason", reason)
    seat.press("inbox.form.save")
