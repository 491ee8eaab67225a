"""Sign-off: the drafts that wait, one of them in full with what it rests on, signing, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QHideEvent

from mash_desktop.desk import ChangeSet, Desk, attention, papers, refused, sign_off
from mash_desktop.desk.papers import Copy
from mash_desktop.desk.refused import Refused
from mash_desktop.desk.sign_off import Decision, Waiting, form_key
from mash_desktop.desk.wording import small
from mash_desktop.domain.entries.decision import DecisionAmended, DecisionReturned, DecisionSigned
from mash_desktop.domain.entries.outcome import OutcomeSent, ReferralClosed
from mash_desktop.domain.errors import Refusal
from mash_desktop.working_time import say_left
from ui.forms import OpenForm, SideForm
from ui.screen import Screen
from ui.sign_off import forms
from ui.sign_off.following import AfterCard
from ui.sign_off.papers import Act, Papers
from ui.sign_off.reading import decision_cards, evidence_card
from ui.sign_off.signing import SignCard
from ui.theme import Tone
from ui.viewer import Viewer
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Page, SectionHeading, SidePanel
from ui.widgets.layout import Box, Column, empty
from ui.widgets.pill import PillFace, rag_face
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable, TableColumn
from ui.work import Worker

_MINE = (DecisionSigned, DecisionReturned, DecisionAmended, OutcomeSent, ReferralClosed)
_FORMS = {
    "decision.returned": "return",
    "decision.amended": "amend",
    "outcome.sent": "send",
    "referral.closed": "close",
}


class SignOff(Screen):
    place_id, title = "sign", "Sign-off"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._decision: Decision | None = None
        self._copies: tuple[Copy, ...] = ()
        self._stream = ""
        self._entering = False
        self.table: DenseTable[Waiting] = DenseTable(
            _columns(), key=lambda row: row.stream, accessible_name="Decisions that wait for you", grows=True
        )
        self.table.setObjectName("sign.waiting")
        self.table.chosen.connect(self._row_chosen)
        self._list = SidePanel(SectionHeading("Waiting for you"), self.table, None, width=290, side="left")
        self._list.hide()
        self._head = SectionHeading("Decision to sign", " ")
        self._banners, self._cards, self._foot = Column(gap=8), Column(gap=0), Column(gap=10)
        self.sign_card = SignCard()
        self.sign_card.signed.connect(self._sign)
        self.sign_card.returned.connect(self._return)
        self.after_card = AfterCard(self._after_form, lambda copy: self.papers.make(copy))
        self._foot.put(self.sign_card)
        self._foot.put(self.after_card)
        self._loading = SkeletonRows(5, what="Decisions")
        self._instead = Column(gap=0)
        self._reading = Box(Column(self._head, self._cards, None, self._foot, gap=10))
        middle = Column(self._banners, self._loading, gap=10, margins=12)
        middle.put(self._instead)
        middle.put(self._reading, 1)
        self._evidence = SidePanel(width=420)
        self.setLayout(Column(Page(middle, left=self._list, right=self._evidence)))
        opened_by = {"return": self.sign_card.send_back, **self.after_card.opening}
        self._form = OpenForm(self, desk, self._focus, opened_by)
        self.viewer = Viewer(self, desk)
        self.papers = Papers(self, desk, self.viewer, "sign", lambda: self._stream, self._open)
        self._reading.hide()
        self._file = ActionButton(
            "Open the file", "O", accessible_name="Open the referral’s file", parent=self
        )
        self._file.setObjectName("sign.file")
        self._file.clicked.connect(lambda: self.asks_to_open.emit("file", self._stream))
        self._file.hide()

    # --- reading

    def chips(self) -> list[PillFace]:
        shown = self._decision
        if shown is None:
            return []
        left = say_left(shown.clock.left(self._desk.now())) if shown.clock else ""
        rating = [rag_face(shown.rag.value, left)] if shown.rag else []
        return [*rating, PillFace(f"{shown.who} · {shown.reference}"), PillFace(shown.stage, Tone.ACCENT)]

    def bar_widgets(self) -> list[ActionButton]:
        return [self._file] if self._stream else []

    def enter(self) -> None:
        self._entering = True
        self.run(partial(sign_off.waiting, self._desk), self._show_waiting, self._failed)
        self._read_refused()

    def open(self, reference: str) -> None:
        self._choose(reference)

    def chosen(self) -> str:
        return self._stream

    def show_change(self, change_set: object) -> None:
        if not isinstance(change_set, ChangeSet):
            return
        if change_set.streams:
            self.run(partial(sign_off.waiting, self._desk), self._show_waiting, self._failed)
        if self._stream in change_set.streams:
            self._read()
        if change_set.outbox:
            self._read_refused()

    def _failed(self, error: Exception) -> None:
        self._loading.hide()
        if self._decision is not None:
            self._tell(error)
            return
        sentence = getattr(error, "sentence", "The profile could not be read.")
        self._show_instead(ErrorState("Decisions could not be read", sentence, self.enter))

    def _show_waiting(self, rows: tuple[Waiting, ...]) -> None:
        self._loading.hide()
        self._list.setVisible(len(rows) > 1)
        self.table.set_rows(rows)
        held = any(row.stream == self._stream for row in rows)
        if self._stream and held:
            self.table.select_key(self._stream)
        elif not self._stream and rows:
            self._choose(rows[0].stream)
        elif not rows and self._decision is None:
            self._nothing_waits()
        if self._entering and self._decision is not None:
            self._entering = False
            self._focus()

    def _nothing_waits(self) -> None:
        self._show_instead(
            EmptyState(
                "pen-line",
                "Nothing waits for you",
                "Decisions that are drafted for your agency come here to be read and signed.",
            )
        )

    def _row_chosen(self, row: Waiting) -> None:
        if row.stream != self._stream:
            self._choose(row.stream)

    def _choose(self, stream: str) -> None:
        self._form.close()
        self.sign_card.forget()
        self._stream, self._decision = stream, None
        self.table.select_key(stream)
        self.run(
            partial(sign_off.open_decision, self._desk, stream), partial(self._show, stream), self._failed
        )
        self._read_copies(stream)

    def _read(self) -> None:
        stream = self._stream
        self.run(partial(sign_off.read_decision, self._desk, stream), partial(self._show, stream))
        self._read_copies(stream)

    def _read_copies(self, stream: str) -> None:
        self.run(partial(papers.choices, self._desk, stream), partial(self._show_copies, stream))

    def _show(self, stream: str, shown: Decision | None) -> None:
        if stream != self._stream:
            return
        if shown is None:
            if self._decision is not None:
                self._gone()
            else:
                self._not_decided()
            return
        if shown == self._decision:
            return
        before, self._decision = self._decision, shown
        self._show_instead(None)
        if before is not None and before.draft != shown.draft:
            self.sign_card.forget()
            self.says.emit("The draft has been replaced. Read it again before you sign.")
        empty(self._cards)
        self._cards.put(decision_cards(shown))
        signed = shown.after is not None
        self._head.title.setText("Decision signed" if signed else "Decision to sign")
        self._head.set_aside(
            f"{shown.drafted} · {small(shown.after.signed)}" if shown.after else shown.drafted
        )
        self.sign_card.show_decision(shown)
        self._show_evidence(shown)
        self._show_foot()
        self.chips_changed.emit()
        if self._entering or before is None:
            self._entering = False
            self._focus()

    def _not_decided(self) -> None:
        """It went on from triage or oversight: nothing is signed, and what is left is done in its file."""
        self._show_instead(
            EmptyState(
                "folder",
                "Sent on without a decision of the hub",
                "Press O for its file: the referrer is told there.",
            )
        )
        self.chips_changed.emit()
        if self._entering and self._list.isVisible():
            self._entering = False
            self.table.setFocus()

    def _gone(self) -> None:
        """The draft was returned or the referral went elsewhere: the next one, or nothing."""
        self._form.close()
        self._stream, self._decision = "", None
        self.chips_changed.emit()
        self._nothing_waits()
        self.run(partial(sign_off.waiting, self._desk), self._show_waiting, self._failed)

    def _show_copies(self, stream: str, copies: tuple[Copy, ...]) -> None:
        if stream == self._stream:
            self._copies = copies
            self._show_foot()

    def _show_evidence(self, shown: Decision) -> None:
        self._evidence.clear()
        count = f"{len(shown.evidence)} of {shown.entries} entries · log {shown.log:,}"
        self._evidence.put(SectionHeading("What it rests on", count))
        for one in shown.evidence:
            self._evidence.put(evidence_card(one))
        self._evidence.put(None)
        self._evidence.relook()

    def _show_foot(self) -> None:
        shown, open_form = self._decision, self._form.current is not None
        self.sign_card.setVisible(shown is not None and shown.after is None and not open_form)
        self.after_card.setVisible(shown is not None and shown.after is not None and not open_form)
        if shown is not None and shown.after is not None and self._copies:
            self.after_card.show_after(shown.after, self._copies)
        if shown is not None and (shown.after is None or self._copies):
            self._form.reached(self._stream)

    def _show_instead(self, state: EmptyState | ErrorState | None) -> None:
        empty(self._instead)
        self._reading.setVisible(state is None)
        self._evidence.setVisible(state is None)
        if state is not None:
            self._instead.put(state, 1)

    def _focus(self) -> None:
        """Where work goes on: the passphrase, else the next thing to do, else the list."""
        if not self.isVisible() or self._form.current is not None:
            return
        shown = self._decision
        if shown is not None and shown.after is not None:
            (self.after_card.send if shown.after.may_send else self.after_card.feedback).setFocus()
        elif shown is not None and shown.may_sign:
            self.sign_card.passphrase.setFocus()
        elif self._list.isVisible():
            self.table.setFocus()

    def tick(self) -> None:
        self.chips_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.sign_card.forget()

    # --- signing and returning

    def _sign(self, passphrase: str) -> None:
        shown = self._decision
        if shown is None:
            return
        self.sign_card.wait(True)

        def signed(_: object) -> None:
            self.sign_card.wait(False)
            self.sign_card.forget()
            self.says.emit(f"{shown.reference} is signed.")

        def failed(error: Exception) -> None:
            self.sign_card.wait(False)
            if isinstance(error, Refusal):
                self.sign_card.refuse(error.sentence)
            else:
                self.sign_card.refuse("That did not work. Nothing was signed; try again.")
            self._read()

        self.run(partial(sign_off.sign, self._desk, shown, passphrase), signed, failed)

    def _return(self) -> None:
        self._open(forms.return_form(), "return", sign_off.return_draft)

    def _open(self, form: SideForm, name: str, act: Act) -> None:
        stream = self._stream
        self._form.close()
        self._foot.put(form)
        form.show()

        def make(_: str) -> Callable[[], object]:
            return partial(act, self._desk, stream, form.values())

        self._form.open(form, form_key(stream, name), make, partial(self._take, form))
        self._show_foot()

    def _take(self, form: SideForm) -> None:
        self._foot.removeWidget(form)
        form.hide()
        form.deleteLater()
        self._show_foot()

    # --- after signing

    def _after_form(self, name: str) -> None:
        shown = self._decision
        if shown is None or shown.after is None:
            return
        then = shown.after
        if name == "send":
            self._open(forms.SendForm(then), name, sign_off.send)
        elif name == "feedback":
            self._open(forms.feedback_form(), name, sign_off.give_feedback)
        elif name == "tell":
            self._open(forms.tell_form(then), name, sign_off.tell_agencies)
        elif name == "amend":
            self._open(forms.amend_form(then), name, sign_off.amend)
        elif name == "conclude":
            self._open(forms.conclude_form(then), name, sign_off.conclude)
        elif name == "enquiry":
            self._open(forms.enquiry_form(then), name, sign_off.cause_enquiry)
        elif name == "report":
            self._open(forms.report_form(then), name, sign_off.report_enquiry)
        elif name == "close":
            self._open(forms.close_form("sign"), name, sign_off.close)
        else:
            self.papers.make("referrer")

    # --- somebody was quicker

    def _read_refused(self) -> None:
        self.run(partial(refused.refused_acts, self._desk, *_MINE), self._show_refused)

    def _show_refused(self, found: tuple[Refused, ...]) -> None:
        empty(self._banners)
        for one in found:
            buttons = []
            if one.kind in _FORMS:
                again = ActionButton("Use the words again", "Y", accessible_name="Use what you wrote again")
                again.setObjectName("sign.again")
                again.clicked.connect(partial(self._again, one))
                buttons.append(again)
            leave = ActionButton("Let it go", "G", accessible_name=f"Let your act on {one.reference} go")
            leave.setObjectName("sign.let_go")
            leave.clicked.connect(partial(self._let_go, one))
            buttons.append(leave)
            theirs = f" Since then: {one.theirs}" if one.theirs else ""
            detail = f"Yours was not admitted and is kept: {one.mine}{theirs}"
            self._banners.put(Banner(f"{one.reference}: {one.sentence}", detail, *buttons))

    def _let_go(self, one: Refused) -> None:
        self.run(partial(attention.let_go, self._desk, one.act), lambda _: None)

    def _again(self, one: Refused) -> None:
        self._form.close()
        key = form_key(one.stream, _FORMS[one.kind])
        self.run(partial(refused.take_up_again, self._desk, one, key), lambda _: self._choose(one.stream))


def _columns() -> list[TableColumn[Waiting]]:
    def note(row: Waiting) -> PillFace:
        return PillFace("to sign", Tone.ACCENT) if row.to_sign else PillFace(row.note, Tone.AMBER)

    return [
        TableColumn("Who", lambda row: row.who, bold=True, stretch=1),
        TableColumn("", lambda row: row.note, pills=lambda row: [note(row)]),
    ]
