"""A sheet over a screen that shows one document, page by page; a paper can be saved or printed from it.

Nothing is kept on disk for it: bytes come in, pages are drawn on the worker's thread, and closing lets them
go. Its keys are none that the screens beneath use, since two answers to one key are none.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from mash_desktop.desk import Desk, papers
from mash_desktop.desk.papers import Paper
from mash_desktop.domain.errors import Refusal
from ui.screen import Screen
from ui.shell.overlay import Overlay
from ui.theme import Role, Voice, look_of
from ui.viewer.pages import PDF, page_image, pages_of
from ui.viewer.saving import PRINT_DOTS_PER_INCH, SaveForm, choose_printer, print_pages
from ui.widgets.button import ActionButton
from ui.widgets.card import scrolled
from ui.widgets.layout import Box, Column, Row, empty
from ui.widgets.text import Text

_WIDTH, _TOP, _DOTS = 860, 24, 96.0


class PageView(QWidget):
    """One page, as wide as it is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self.setObjectName("viewer.page")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def image(self) -> QImage:
        return self._image

    def show_page(self, image: QImage, name: str) -> None:
        self._image = image
        self.setAccessibleName(name)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        ratio = self.devicePixelRatioF()
        size = self._image.size()
        return QSize(round(size.width() / ratio), round(size.height() / ratio))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self._image)
        painter.setPen(look_of(self).colour("line"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class _PageArea(QScrollArea):
    """Takes all the height that there is; the page scrolls in it both ways."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("The page")
        self.setWidget(inner)

    def sizeHint(self) -> QSize:
        return QSize(look_of(self).px(_WIDTH), look_of(self).px(2000))

    def minimumSizeHint(self) -> QSize:
        return QSize(look_of(self).px(160), look_of(self).px(120))


class Viewer(Overlay):
    """``show_paper`` for what can be saved and printed, ``show_document`` for what was attached."""

    def __init__(self, screen: Screen, desk: Desk) -> None:
        super().__init__(screen, _WIDTH, top=_TOP, name="Document")
        self._screen, self._desk = screen, desk
        self._paper: Paper | None = None
        self._content, self._media_type, self._title = b"", PDF, ""
        self._page, self._pages, self._large, self._asked = 0, 0, False, 0
        self._form: SaveForm | None = None
        self.sheet.setObjectName("viewer")
        self.heading = Text("", Role.TITLE)
        self.where = Text("", Role.ASIDE, Voice.ASIDE)
        self.fault = Text("", Role.BASE, Voice.RED, wrap=True)
        self.fault.hide()
        self.back = self._button("Back", "PgUp", "back", "Page before", self._turn_back)
        self.next = self._button("Next", "PgDown", "next", "Page after", self._turn)
        self.larger = self._button("Larger", "Z", "larger", "Larger or smaller", self._zoom)
        self.save = self._button("Save as …", "Ctrl+S", "save", "Save a copy in a folder", self._ask_where)
        self.print = self._button("Print", "Ctrl+P", "print", "Print the document", self._print)
        self.close_button = self._button("Close", "Esc", "close", "Close the document", self.dismiss)
        self.view = PageView()
        self._area = _PageArea(Box(Column(Row(None, self.view, None), None)))
        self._foot = Column(gap=0)
        rows = Column(Row(self.heading, None, self.where, gap=12), gap=10, margins=14)
        buttons = Row(self.back, self.next, self.larger, None, self.save, self.print, self.close_button)
        self._bar = Box(buttons)
        rows.put(self._bar)
        rows.put(self.fault)
        rows.put(self._area, 1)
        rows.put(self._foot, 1)
        self.sheet.setLayout(rows)

    def _button(self, text: str, key: str, name: str, said: str, does: object) -> ActionButton:
        made = ActionButton(text, key, accessible_name=said, compact=True, group="Document")
        made.setObjectName(f"viewer.{name}")
        made.clicked.connect(does)
        return made

    # --- what is shown

    def show_paper(self, made: Paper) -> None:
        """A paper of the hub's own, which may be saved or printed."""
        self._paper = made
        self._show(made.content, PDF, made.label)

    def show_document(self, content: bytes, media_type: str, title: str) -> None:
        """An attached document: it can be looked at here and does not leave the program."""
        self._paper = None
        self._show(content, media_type, title)

    def _show(self, content: bytes, media_type: str, title: str) -> None:
        self._content, self._media_type, self._title = content, media_type, title
        self._page, self._pages, self._large = 0, 0, False
        self._close_form()
        self.heading.setText(title)
        self.setAccessibleName(title)
        self.fault.hide()
        for button in (self.save, self.print):
            button.setVisible(self._paper is not None)
        self.view.show_page(QImage(), "")
        self.open()
        self._area.setFocus()
        self._screen.run(partial(pages_of, content, media_type), self._counted, self._failed)

    def _counted(self, pages: int) -> None:
        self._pages = pages
        self._draw()

    def _draw(self) -> None:
        self._asked += 1
        dots = _DOTS * look_of(self).scale * self.devicePixelRatioF() * (1.6 if self._large else 1.0)
        task = partial(page_image, self._content, self._media_type, self._page, dots)
        self._screen.run(task, partial(self._drawn, self._asked), self._failed)
        self.where.setText(f"Page {self._page + 1} of {self._pages}")
        self.back.setEnabled(self._page > 0)
        self.next.setEnabled(self._page + 1 < self._pages)

    def _drawn(self, asked: int, image: QImage) -> None:
        if asked != self._asked or self.isHidden():
            return
        room = self._area.viewport().width() * self.devicePixelRatioF()
        if self._media_type != PDF and not self._large and image.width() > room:
            image = image.scaledToWidth(round(room), Qt.TransformationMode.SmoothTransformation)
        self.view.show_page(image, f"{self._title}, page {self._page + 1} of {self._pages}")
        self._area.verticalScrollBar().setValue(0)

    def _failed(self, error: Exception) -> None:
        sentence = error.sentence if isinstance(error, Refusal) else "This document cannot be shown."
        self.fault.setText(sentence)
        self.fault.show()

    # --- turning

    def _turn(self) -> None:
        """A screenful on, then the page after, as reading goes."""
        bar = self._area.verticalScrollBar()
        if bar.value() < bar.maximum():
            bar.setValue(bar.value() + bar.pageStep())
        elif self._page + 1 < self._pages:
            self._page += 1
            self._draw()

    def _turn_back(self) -> None:
        if self._page > 0:
            self._page -= 1
            self._draw()

    def _zoom(self) -> None:
        self._large = not self._large
        self.larger.setText("Smaller" if self._large else "Larger")
        self.larger.updateGeometry()
        self._draw()

    def dismiss(self) -> None:
        """Close, and let the document go from memory."""
        if self._form is not None:
            self._close_form()
            self._area.setFocus()
            return
        super().dismiss()
        self._content, self._paper = b"", None
        self.view.show_page(QImage(), "")

    # --- leaving the program

    def _ask_where(self) -> None:
        if self._paper is None or self._form is not None:
            return
        form = self._form = SaveForm(self._paper)
        form.asked.connect(partial(self._write, form, self._paper))
        form.closed.connect(self.dismiss)
        # The form stands in place of the page: at large text there is no room for both.
        self._bar.hide()
        self._area.hide()
        self._foot.put(scrolled(Box(Column(form, None))), 1)
        form.show()
        form.begin()

    def _close_form(self) -> None:
        self._form = None
        empty(self._foot)
        self._bar.show()
        self._area.show()

    def _write(self, form: SaveForm, made: Paper) -> None:
        password, folder = form.password.value(), form.folder.value()

        def write() -> Path:
            return papers.save_to(self._desk, made, folder, password)

        def written(path: Path) -> None:
            self._close_form()
            self._area.setFocus()
            self._screen.says.emit(f"Saved as {path.name}.")

        def failed(error: Exception) -> None:
            if self._form is form:
                form.refuse(
                    getattr(error, "sentence", "It could not be saved."), getattr(error, "field", None)
                )

        self._screen.run(write, written, failed)

    def _print(self) -> None:
        made = self._paper
        if made is None:
            return
        printer = choose_printer(self)
        if printer is None:
            return

        def draw() -> list[QImage]:
            pages = range(pages_of(made.content, PDF))
            return [page_image(made.content, PDF, page, PRINT_DOTS_PER_INCH) for page in pages]

        def drawn(pages: list[QImage]) -> None:
            print_pages(printer, pages)
            self._screen.run(
                partial(papers.record_printed, self._desk, made.stream, made.copy),
                lambda _: self._screen.says.emit(f"{made.label} sent to the printer."),
            )

        self._screen.run(draw, drawn, self._failed)
