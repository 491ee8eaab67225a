"""The household drawing: squares, circles, dashed where somebody is not identified, and who is whose.

It draws what it is told and infers nothing: an address makes nobody a relative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Look, Role, look_of
from ui.widgets.painting import draw_line, line_width

_SHAPE, _STEP, _DROP, _LABEL = 38, 86, 76, 20


@dataclass(frozen=True, slots=True)
class Person:
    """``sex`` is M, F or U; ``identified`` False draws a dashed outline; a subject has a heavy one."""

    id: str
    label: str
    sex: str = "U"
    subject: bool = False
    identified: bool = True


@dataclass(frozen=True, slots=True)
class Couple:
    """Two partners; ``ended`` strikes the line through; ``note`` stands under it ("since June")."""

    one: str
    other: str
    ended: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """A child of one or two parents."""

    child: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Household:
    people: tuple[Person, ...]
    couples: tuple[Couple, ...] = ()
    children: tuple[Child, ...] = ()

    def sentences(self) -> str:
        """The drawing in words, for who does not see it."""
        names = {person.id: person.label for person in self.people}
        parts = [
            f"{p.label}{', subject' if p.subject else ''}{'' if p.identified else ', not identified'}"
            for p in self.people
        ]
        for couple in self.couples:
            bond = "former partner of" if couple.ended else "partner of"
            note = f", {couple.note}" if couple.note else ""
            parts.append(f"{names[couple.one]} {bond} {names[couple.other]}{note}")
        for child in self.children:
            parents = " and ".join(names[parent] for parent in child.parents)
            parts.append(f"{names[child.child]} child of {parents}")
        return ". ".join(parts)


def generations(household: Household) -> dict[str, int]:
    """Which row each person stands in: partners beside each other, children below their parents."""
    rows = {person.id: 0 for person in household.people}
    # Every pass moves somebody down a row or ends; rows are at most as many as people.
    for _ in range(len(rows) + 1):
        before = dict(rows)
        for child in household.children:
            for parent in child.parents:
                rows[child.child] = max(rows[child.child], rows[parent] + 1)
        for couple in household.couples:
            rows[couple.one] = rows[couple.other] = max(rows[couple.one], rows[couple.other])
        if rows == before:
            break
    return {id: min(row, len(rows)) for id, row in rows.items()}


def order(household: Household, row: Sequence[str]) -> list[str]:
    """A row from left to right: partners next to each other, otherwise as told."""
    partners: dict[str, list[str]] = {id: [] for id in row}
    for couple in household.couples:
        if couple.one in partners and couple.other in partners:
            partners[couple.one].append(couple.other)
            partners[couple.other].append(couple.one)
    placed: list[str] = []
    ends_first = sorted(row, key=lambda id: (len(partners[id]) > 1, row.index(id)))
    for start in ends_first:
        waiting = [start]
        while waiting:
            id = waiting.pop(0)
            if id not in placed:
                placed.append(id)
                waiting = [p for p in partners[id] if p not in placed] + waiting
    return placed


def positions(household: Household, step: float, drop: float) -> dict[str, QPointF]:
    """Where the middle of each person stands; the leftmost at 0, the top row at 0."""
    rows = generations(household)
    parents_of = {child.child: child.parents for child in household.children}
    x: dict[str, float] = {}
    for depth in range(max(rows.values(), default=-1) + 1):
        row = order(household, [p.id for p in household.people if rows[p.id] == depth])
        wanted = {
            id: sum(x[p] for p in parents) / len(parents)
            for id in row
            if (parents := [p for p in parents_of.get(id, ()) if p in x])
        }
        # Brothers and sisters spread evenly about the middle of their parents.
        for middle in sorted(set(wanted.values())):
            group = [id for id in row if wanted.get(id) == middle]
            for at, id in enumerate(group):
                wanted[id] = middle + (at - (len(group) - 1) / 2) * step
        row.sort(key=lambda id: wanted.get(id, float("inf")) if not _has_partner(household, id) else 0)
        row = order(household, row) if any(_has_partner(household, id) for id in row) else row
        cursor = float("-inf")
        for id in row:
            x[id] = max(wanted.get(id, cursor + step if cursor > float("-inf") else 0.0), cursor + step)
            cursor = x[id]
    left = min(x.values(), default=0.0)
    return {id: QPointF(at - left, rows[id] * drop) for id, at in x.items()}


def _has_partner(household: Household, id: str) -> bool:
    return any(id in (couple.one, couple.other) for couple in household.couples)


class Genogram(QWidget):
    """A household as a drawing; its accessible description says the same in sentences."""

    def __init__(self, household: Household | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Household drawing")
        self.set_household(household or Household(()))

    def set_household(self, household: Household) -> None:
        self._household = household
        self.setAccessibleDescription(household.sentences())
        self.updateGeometry()
        self.update()

    def _places(self, look: Look) -> dict[str, QPointF]:
        font = look.font(Role.SMALL)
        widest = max((line_width(p.label, font) for p in self._household.people), default=0)
        notes = max((line_width(c.note, font) for c in self._household.couples), default=0)
        step = max(look.px(_STEP), widest + look.px(16), notes + look.px(16))
        return positions(self._household, step, look.px(_DROP))

    def sizeHint(self) -> QSize:
        look = look_of(self)
        places = self._places(look).values()
        wide = max((p.x() for p in places), default=0) + look.px(_SHAPE + 60)
        high = max((p.y() for p in places), default=0) + look.px(_SHAPE + 2 * _LABEL + 8)
        return QSize(round(wide), round(high))

    def minimumSizeHint(self) -> QSize:
        look = look_of(self)
        return self.sizeHint().boundedTo(QSize(look.px(280), look.px(150)))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = self._places(look)
        if not places:
            return
        # A large household is drawn smaller where there is less room than it wants.
        hint = self.sizeHint()
        scale = min(1.0, self.width() / hint.width(), self.height() / hint.height())
        painter.scale(scale, scale)
        wide = max(p.x() for p in places.values())
        high = max(p.y() for p in places.values())
        shift = QPointF((self.width() / scale - wide) / 2, (self.height() / scale - high) / 2)
        places = {id: point + shift for id, point in places.items()}
        rows = generations(self._household)
        painter.setPen(QPen(look.colour("ink"), look.px(1.5)))
        for couple in self._household.couples:
            self._paint_couple(painter, couple, places, look)
        for child in self._household.children:
            self._paint_descent(painter, child, places, look)
        for person in self._household.people:
            below = rows[person.id] > 0
            self._paint_person(painter, person, places[person.id], below, look)

    def _paint_couple(
        self, painter: QPainter, couple: Couple, places: dict[str, QPointF], look: Look
    ) -> None:
        left, right = sorted((places[couple.one], places[couple.other]), key=lambda p: p.x())
        half = look.px(_SHAPE) / 2
        painter.setPen(QPen(look.colour("ink"), look.px(1.5)))
        between = [p for p in places.values() if left.x() < p.x() < right.x() and p.y() == left.y()]
        if between:
            foot = left.y() + half + look.px(9)
            painter.drawPolyline(
                QPolygonF(
                    [
                        left + QPointF(0, half),
                        QPointF(left.x(), foot),
                        QPointF(right.x(), foot),
                        right + QPointF(0, half),
                    ]
                )
            )
            middle = QPointF((left.x() + right.x()) / 2, foot)
        else:
            painter.drawLine(left + QPointF(half, 0), right - QPointF(half, 0))
            middle = (left + right) / 2
        if couple.ended:
            slash = look.px(6)
            for offset in (-look.px(7), -look.px(2)):
                at = middle + QPointF(offset, 0)
                painter.drawLine(
                    QLineF(at.x() - slash / 2, at.y() + slash, at.x() + slash / 2, at.y() - slash)
                )
        if couple.note:
            font = look.font(Role.SMALL)
            width = line_width(couple.note, font) + 4
            box = QRectF(middle.x() - width / 2, middle.y() + half + look.px(2), width, look.px(18))
            draw_line(painter, box, couple.note, font, look.colour("amber"), Qt.AlignmentFlag.AlignHCenter)

    def _paint_descent(self, painter: QPainter, child: Child, places: dict[str, QPointF], look: Look) -> None:
        painter.setPen(QPen(look.colour("ink"), look.px(1.5)))
        half, at = look.px(_SHAPE) / 2, places[child.child]
        parents = [places[parent] for parent in child.parents]
        top = QPointF(sum(p.x() for p in parents) / len(parents), max(p.y() for p in parents))
        if len(parents) == 1:
            top += QPointF(0, half)
        bar = at.y() - half - look.px(16)
        painter.drawPolyline(
            QPolygonF([top, QPointF(top.x(), bar), QPointF(at.x(), bar), at - QPointF(0, half)])
        )

    def _paint_person(self, painter: QPainter, person: Person, at: QPointF, below: bool, look: Look) -> None:
        side = look.px(_SHAPE)
        box = QRectF(at.x() - side / 2, at.y() - side / 2, side, side)
        pen = QPen(look.colour("ink"), look.px(3) if person.subject else look.px(1.5))
        if not person.identified:
            pen.setDashPattern([4, 3])
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(look.colour("panel"))
        if person.sex == "F":
            painter.drawEllipse(box)
        elif person.sex == "M":
            painter.drawRect(box)
        else:
            middle = box.center()
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(middle.x(), box.top()),
                        QPointF(box.right(), middle.y()),
                        QPointF(middle.x(), box.bottom()),
                        QPointF(box.left(), middle.y()),
                    ]
                )
            )
        height = look.px(_LABEL)
        top = box.bottom() + 1 if below else box.top() - height - 1
        words = QRectF(at.x() - look.px(120), top, look.px(240), height)
        draw_line(
            painter,
            words,
            person.label,
            look.font(Role.SMALL),
            look.colour("ink"),
            Qt.AlignmentFlag.AlignHCenter,
        )
