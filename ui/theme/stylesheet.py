"""The one style sheet, generated from a look. It covers what Qt draws itself; own widgets paint by token.

Weights are never set here: a style sheet cannot reach the variable axis of the typeface.
"""

from __future__ import annotations

from string import Template

from ui.theme.look import Look

_SHEET = Template("""
QWidget { color: $ink; }
QMainWindow, QDialog { background: $ground; }
QToolTip { background: $panel; color: $ink; border: 1px solid $edge; padding: ${p4}px ${p8}px; }
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDateEdit {
  background: $panel; color: $ink; border: 1px solid $edge; border-radius: ${p6}px;
  selection-background-color: $accent; selection-color: $on_strong;
}
QLineEdit, QComboBox, QSpinBox, QDateEdit {
  padding: 0 ${p8}px; min-height: ${rest}px; max-height: ${rest}px;
}
QPlainTextEdit, QTextEdit { padding: ${p2}px ${p4}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateEdit:focus {
  border: 2px solid $accent;
}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDateEdit:focus {
  padding: 0 ${p7}px; min-height: ${ring}px; max-height: ${ring}px;
}
QPlainTextEdit:focus, QTextEdit:focus { padding: ${f1}px ${f3}px; }
QLineEdit[wrong="true"]:!focus, QPlainTextEdit[wrong="true"]:!focus, QComboBox[wrong="true"]:!focus {
  border-color: $red;
}
QLineEdit, QPlainTextEdit { placeholder-text-color: $ink3; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled { color: $ink3; background: $ground; }
QLineEdit:read-only, QPlainTextEdit:read-only { background: $ground; border-color: $line; }
QLineEdit[plain="true"], QPlainTextEdit[plain="true"] { border: none; background: transparent; padding: 0; }
QComboBox::drop-down { border: none; width: ${p24}px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView {
  background: $panel; color: $ink; border: 1px solid $edge; outline: none; padding: ${p4}px;
  selection-background-color: $selection; selection-color: $ink;
}
QAbstractScrollArea::corner { background: transparent; border: none; }
QListView { background: $panel; border: none; outline: none; }
QTableView { background: transparent; border: none; outline: none; gridline-color: $line; }
QHeaderView { background: transparent; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: ${p10}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${p10}px; margin: 0; }
QScrollBar::handle { background: $edge; border-radius: ${p3}px; margin: ${p2}px; }
QScrollBar::handle:vertical { min-height: ${p32}px; }
QScrollBar::handle:horizontal { min-width: ${p32}px; }
QScrollBar::handle:hover { background: $ink3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu { background: $panel; border: 1px solid $edge; padding: ${p4}px; }
QMenu::item { padding: ${p6}px ${p12}px; border-radius: ${p4}px; }
QMenu::item:selected { background: $selection; }
QSplitter::handle { background: $line; }
""")


def stylesheet(look: Look) -> str:
    """The style sheet of a look."""
    lengths = {f"p{n}": look.px(n) for n in (2, 3, 4, 6, 8, 10, 12, 24, 32)}
    focus = {"f1": max(look.px(2) - 1, 0), "f3": look.px(4) - 1, "p7": look.px(8) - 1}
    # The ring is one pixel thicker on each side, and the field must not jump when it comes.
    focus |= {"rest": look.px(30) - 2, "ring": look.px(30) - 4}
    return _SHEET.substitute(look.tokens._asdict(), **(lengths | focus))
