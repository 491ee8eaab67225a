"""The parts that screens are built with. Each asks the theme for its colours and sizes as it paints."""

from ui.widgets.banner import Banner, Toast
from ui.widgets.button import ActionButton, KeyCap
from ui.widgets.card import Card, Hairline, IconMark, Page, SectionHeading, SidePanel, scrolled
from ui.widgets.field import ChoiceField, Field, TextField
from ui.widgets.genogram import Child, Couple, Genogram, Household, Person
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
    "Child",
    "ChoiceField",
    "ChoiceRow",
    "Column",
    "Couple",
    "DenseTable",
    "EmptyState",
    "ErrorState",
    "Field",
    "Flow",
    "Genogram",
    "Grid",
    "Hairline",
    "Household",
    "IconMark",
    "KeyCap",
    "Page",
    "Person",
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
