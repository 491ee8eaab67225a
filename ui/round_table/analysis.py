"""The analysis, a field a part: kept within a second, recorded when the writer pauses or goes on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QTimer, Signal

from mash_desktop.desk.round_table import PARTS
from mash_desktop.domain.codes import Cohort
from ui.keeping import Soon
from ui.theme import Role, Voice
from ui.widgets.card import Card, scrolled
from ui.widgets.field import TextField
from ui.widgets.layout import Box, Column
from ui.widgets.text import Text

RECORD_AFTER_MS = 4_000
_LABELS = {
    "harm": "Harm",
    "likelihood": "How likely",
    "impact": "Impact",
    "protective": "Protective",
    "unknown": "What we do not know",
    "voice": "Voice of the child",
    "discussion": "Discussion",
    "options": "Options considered",
}


class AnalysisCard(Card):
    """``kept(part, words)`` while typing, ``recorded(part, words)`` after a pause or on leaving a field."""

    kept = Signal(str, str)
    recorded = Signal(str, str)

    def __init__(self) -> None:
        self._said = Text("", Role.ASIDE, Voice.ASIDE)
        super().__init__("Analysis", self._said)
        self.fields = {part: TextField(_LABELS[part], lines=2) for part in PARTS}
        self._unkept: set[str] = set()
        self._unrecorded: set[str] = set()
        rows = Column(gap=8, margins=(0, 0, 6, 0))
        for part, field in self.fields.items():
            field.setObjectName(f"table.analysis.{part}")
            field.changed.connect(partial(self._edited, part))
            field.left.connect(self.flush)
            rows.put(field)
        self.put(scrolled(Box(rows)), 1)
        self._keep_soon = Soon(self, self._keep)
        self._record_soon = QTimer(self)
        self._record_soon.setSingleShot(True)
        self._record_soon.setInterval(RECORD_AFTER_MS)
        self._record_soon.timeout.connect(self.flush)

    def show_analysis(self, words: Mapping[str, str], cohort: Cohort | None, may: bool) -> None:
        """Show what is recorded, but never over what is being typed."""
        voice = "Voice of the child" if cohort is Cohort.CHILDREN else "Voice of the adult"
        self.fields["voice"].label.setText(voice)
        self.fields["voice"].control.setAccessibleName(voice)
        for part, field in self.fields.items():
            if part not in self._unrecorded:
                field.offer(words.get(part, ""))
            field.text.setReadOnly(not may)

    def clear(self) -> None:
        """Another case: nothing of this one stays in the fields."""
        self.flush()
        for field in self.fields.values():
            field.set_value("")
        self._said.setText("")

    def begin(self) -> None:
        next(iter(self.fields.values())).setFocus()

    def _edited(self, part: str) -> None:
        self._unkept.add(part)
        self._unrecorded.add(part)
        self._said.setText("typing")
        self._keep_soon.wind()
        self._record_soon.start()

    def _keep(self) -> None:
        for part in sorted(self._unkept):
            self.kept.emit(part, self.fields[part].value())
        self._unkept.clear()
        self._said.setText("autosaved")

    def flush(self) -> None:
        """Record what has not been."""
        self._keep_soon.stop()
        self._record_soon.stop()
        for part in sorted(self._unrecorded):
            field = self.fields[part]
            self.recorded.emit(part, field.value())
            field.typed = False
        if self._unrecorded:
            self._said.setText("autosaved")
        self._unkept.clear()
        self._unrecorded.clear()

    def unrecorded(self, part: str, sentence: str) -> None:
        """It could not be recorded: the words stay, and say so."""
        field = self.fields[part]
        field.typed = True
        field.show_error(sentence)
