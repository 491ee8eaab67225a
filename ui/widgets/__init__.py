"""The parts that screens are built with. Each asks the theme for its colours and sizes as it paints."""

from ui.widgets.banner import Banner, Toast
from ui.widgets.button import ActionButton, KeyCap
from ui.widgets.card import Card, Hairline, IconMark, Page, SectionHeading, SidePanel, scrolled
from ui.widgets.field import ChoiceField, Field, TextField
from ui.widgets.layout import Box, Column, Flow, Grid, Row, empty
from ui.widgets.pill import Pill, PillFace, RagChip, rag_face
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.tabs import Tab, TabStrip
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow, TickBox
from ui.widgets.time_left import TimeLeft, TimeLeftBar, duration_words

__all__ = [
    "ActionButton",
    "Banner",
    "Box",
    "Card",
    "ChoiceField",
    "ChoiceRow",
    "Column",
    "DenseTable",
    "EmptyState",
    "ErrorState",
    "Field",
    "Flow",
    "Grid",
    "Hairline",
    "IconMark",
    "KeyCap",
    "Page",
    "Pill",
    "PillFace",
    "RagChip",
    "Row",
    "SectionHeading",
    "SidePanel",
    "SkeletonRows",
    "Tab",
    "TabStrip",
    "TableColumn",
    "Text",
    "TextField",
    "TickBox",
    "TimeLeft",
    "TimeLeftBar",
    "Toast",
    "duration_words",
    "empty",
    "rag_face",
    "scrolled",
]
