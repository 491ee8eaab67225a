"""Where a copy goes once it leaves the program: a folder that a person names, or a printer they choose."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from mash_desktop.desk.papers import Paper
from ui.forms import SideForm
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton
from ui.widgets.field import Field
from ui.widgets.layout import Column, Row
from ui.widgets.text import Text

PRINT_DOTS_PER_INCH = 200


class SaveForm(SideForm):
    """The folder, and a password if the copy is to have one, as a secret one is."""

    browse_asked = Signal()

    def __init__(self, paper: Paper) -> None:
        self.folder = Field("Folder", placeholder="Choose a folder, or write its path")
        self.browse = ActionButton("Browse", "Ctrl+B", accessible_name="Choose the folder")
        self.browse.setObjectName("viewer.browse")
        self.browse.clicked.connect(self._browse)
        aside = "At least twelve characters" if paper.secret else "At least twelve characters; empty for none"
        self.password = Field("Password for the file", secret=True, aside=aside)
        row = Row(gap=8)
        row.put(self.folder, 1)
        row.put(Column(self.browse, None, margins=(0, 20, 0, 0)))
        keep = f"Once saved it is yours to keep safe: {paper.marking}. That it was saved is recorded."
        warning = f"{paper.name}. {keep}"
        super().__init__(
            "viewer",
            "Save a copy",
            "Save",
            Text(warning, Role.SMALL, Voice.LABEL, wrap=True),
            row,
            self.password,
            fields={"folder": self.folder, "password": self.password},
        )
        self.save.setObjectName("viewer.write")

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder for the copy", self.folder.value())
        if chosen:
            self.folder.set_value(chosen)
            self.folder.setFocus()


def choose_printer(parent: QWidget) -> QPrinter | None:
    """The printer that a person chooses; ``None`` where they choose none."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle("Print")
    return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None


def print_pages(printer: QPrinter, pages: Sequence[QImage]) -> None:
    """Send pages to a printer, each as large as its paper allows."""
    painter = QPainter(printer)
    for number, page in enumerate(pages):
        if number:
            printer.newPage()
        room = QRectF(printer.pageRect(QPrinter.Unit.DevicePixel))
        scale = min(room.width() / page.width(), room.height() / page.height())
        painter.drawImage(QRectF(0, 0, page.width() * scale, page.height() * scale), page)
    painter.end()
