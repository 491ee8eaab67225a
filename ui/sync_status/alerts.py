"""Silent alerts to this person: the list, and one of them with what may be done about it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mash_desktop.desk.alerts import Alert
from ui.theme import Role, Tone, Voice
from ui.widgets.banner import Banner
from ui.widgets.layout import Box, Column, Row
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text


def alerts_table() -> DenseTable[Alert]:
    table: DenseTable[Alert] = DenseTable(
        [
            TableColumn("Who typed", lambda alert: alert.who, bold=True, stretch=1),
            TableColumn("Whom", lambda alert: alert.about or "restricted"),
            TableColumn("When", lambda alert: alert.when),
        ],
        key=lambda alert: alert.id,
        accessible_name="Silent alerts to you",
        grows=True,
    )
    table.setObjectName("sync.alerts")
    return table


def alert_page(alert: Alert, *buttons: QWidget) -> QWidget:
    """One alert in full."""
    actions = Row(*buttons, gap=10)
    actions.put(None)
    return Box(
        Column(
            Text("Somebody came upon a restricted record", Role.TITLE),
            Text(alert.when, Role.SMALL, Voice.LABEL),
            Banner(alert.sentence, f"Named readers of the record: {alert.readers}.", tone=Tone.AMBER),
            actions,
            gap=10,
        )
    )
