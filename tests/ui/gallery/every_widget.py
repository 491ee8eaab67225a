"""Each widget that the other made-up screens do not show, in its states."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy

from ui.screen import Screen
from ui.shell.settings import SettingsPage
from ui.shell.state import Place
from ui.theme import Role, Tone, Voice
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, scrolled
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Grid, Row
from ui.widgets.pill import Pill, RagChip
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow, TickBox
from ui.work import Worker


class Everything(Screen):
    """Each widget that the other made-up screens do not show, in its states."""

    place_id, title = "figures", "Widgets"

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker)
        wrong = Field("NHS number", "943 476 5910")
        wrong.show_error("The check digit does not fit: look at the last two digits again.")
        off = ActionButton("Release", "L", accessible_name="Release to the table")
        off.setEnabled(False)
        fields = Card(
            "Fields",
            "errors name what is wrong",
            wrong,
            ChoiceField("Channel", [("tel", "Telephone"), ("web", "Form")], placeholder="choose"),
            ChoiceRow(
                [("no", "No"), ("yes", "Yes"), ("unknown", "Not known")],
                "yes",
                accessible_name="Immediate danger",
            ),
            TickBox("Parents were told", True),
            TickBox("Searched: Niche and PND"),
            Row(
                off,
                ActionButton("Attach", "", accessible_name="Attach a document", icon_name="paperclip"),
                None,
            ),
        )
        fields.put(None)
        empty = Card()
        empty.put(
            EmptyState(
                "inbox",
                "No request waits for your agency",
                "When the hub asks about somebody, the request rings here. Until then you can look at what "
                "you have returned.",
                ActionButton("What we returned", "V", accessible_name="What we returned"),
            ),
            1,
        )
        broken = Card()
        broken.put(
            ErrorState(
                "The figures could not be read",
                "The hub cannot be reached. What is on this desktop "
                "is still here; the figures come from the hub.",
                lambda: None,
            ),
            1,
        )
        loading = Card("Open referrals", "reading", SkeletonRows(5, what="Open referrals"))
        loading.put(None)
        pills = Card("Tones")
        pills.put(Row(*(Pill(t.value, t) for t in Tone), None, gap=6))
        pills.put(
            Row(
                RagChip("red"), RagChip("amber"), RagChip("green"), RagChip("red", "late 36 min"), None, gap=6
            )
        )
        pills.put(Text("Ink, content. Łukasz Kőszegi, 01785 555 0142", Role.BASE))
        pills.put(Text("Ink 2, labels", Role.SMALL, Voice.LABEL))
        pills.put(Text("Ink 3, asides", Role.SMALL, Voice.ASIDE))
        pills.put(None)
        dissent = Card(
            "Since you last looked",
            "",
            Text(
                "Health answered at 14:34: two A&E attendances. Not yet relied on.",
                wrap=True,
                bold="Not yet relied on.",
            ),
            edge=Tone.AMBER,
            gap=2,
        )
        grid = Grid(gap=10)
        for at, card in enumerate((fields, empty, broken, loading, pills, dissent)):
            grid.addWidget(card, at // 3, at % 3)
            grid.setColumnStretch(at % 3, 1)
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        banner = Banner(
            "Somebody else rated this case first.",
            "K. Shaw rated it amber at 14:03 while you were offline. Your reason is kept below.",
            ActionButton("Look", "Alt+L", accessible_name="Look at their rating"),
            ActionButton("Rate again", "Alt+R", accessible_name="Rate again"),
        )
        refused = Banner("The hub refused this: a drafter cannot sign their own decision.", tone=Tone.RED)
        self.setLayout(Column(scrolled(Box(Column(banner, refused, grid, margins=12)))))


class Settings(Screen):
    place_id, title = "settings", "Settings"

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker)
        page = SettingsPage()
        self.setLayout(Column(page))


class Plain(Screen):
    def __init__(self, worker: Worker, place: Place) -> None:
        super().__init__(worker)
        self.place_id, self.title = place.id, place.name
        self.setLayout(Column(EmptyState(place.icon, place.name, "Nothing waits here for you.")))
