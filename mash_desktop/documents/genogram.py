"""The genogram as a drawing: squares and circles, lines of partnership, separation and descent.

It says nothing that the table of people does not also say in words, so that nothing is lost to a reader
who cannot see it.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from mash_desktop.documents import lettering
from mash_desktop.documents.content import Parentage, Partnership, Person, Sex, Tone, Union
from mash_desktop.documents.family import Place, arrange
from mash_desktop.documents.pieces import draw_text
from mash_desktop.documents.style import INK, INK_2, INKS, PANEL, ROOM

_SYMBOL, _STEP, _NAME, _NOTE, _AGE = 28.0, 78.0, 8.5, 7.5, 9.5
_LINE, _DOWN, _ASIDE = 10.4, 36.0, 7.0
_ABOVE = 18.0
_LEAST_SCALE, _MOST_ROWS = 0.6, 6


class Genogram(Flowable):
    """Draws a family as wide as it needs, made smaller where the page is narrower."""

    def __init__(
        self,
        people: Sequence[Person],
        partnerships: Sequence[Partnership],
        parentages: Sequence[Parentage],
    ) -> None:
        super().__init__()
        self.people = {person.key: person for person in people}
        self.labels = {person.key: _lines(person.name, person.subject) for person in people}
        spacing = {
            frozenset((each.one, each.other)): min(lettering.width(each.note, _NOTE), 130) + _SYMBOL + 14
            for each in partnerships
        }
        self.family = arrange(people, partnerships, parentages, spacing, _STEP)
        tallest = max((len(label) for label in self.labels.values()), default=1)
        self.row = _SYMBOL + tallest * _LINE + _DOWN

    @property
    def drawable(self) -> bool:
        """Whether there is a relation to draw, and it can be drawn large enough to be read."""
        family = self.family
        related = bool(family.partnerships) or bool(family.sibships and family.rows > 1)
        return related and self._natural_width() * _LEAST_SCALE <= ROOM and family.rows <= _MOST_ROWS

    def _natural_width(self) -> float:
        return self.family.width + _STEP

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        self.scale = min(1.0, aW / self._natural_width())
        self.tall = self.family.rows * self.row - _DOWN + _ABOVE
        self.width, self.height = aW, self.tall * self.scale
        return self.width, self.height

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.scale(self.scale, self.scale)
        canvas.translate((self.width / self.scale - self.family.width) / 2, 0)
        canvas.setLineWidth(1)
        canvas.setStrokeColor(INK)
        self.notes: list[tuple[float, float, float, str]] = []
        for partnership in self.family.partnerships:
            self._couple(canvas, partnership)
        canvas.setDash(1, 2)
        for one, other in unrecorded(self.family.partnerships, self.family.sibships):
            self._couple(canvas, Partnership(one, other))
        canvas.setDash()
        for n, (parents, children) in enumerate(self.family.sibships):
            self._descent(canvas, parents, children, n)
        for x, y, wide, note in self.notes:
            canvas.setFillColor(PANEL)
            canvas.rect(x - 1, y - 2, wide + 2, _NOTE + 1, stroke=0, fill=1)
            canvas.setFillColor(INKS[Tone.AMBER][0])
            draw_text(canvas, x, y, note, _NOTE)
        for key, place in self.family.places.items():
            self._person(canvas, self.people[key], place)
        canvas.restoreState()

    def _centre(self, key: str) -> tuple[float, float]:
        place = self.family.places[key]
        return place.across, self.tall - _ABOVE - place.row * self.row - _SYMBOL / 2

    def _adjacent(self, one: str, other: str) -> bool:
        (x, y), (across, up) = self._centre(one), self._centre(other)
        return y == up and not any(
            place.row == self.family.places[one].row and min(x, across) < place.across < max(x, across)
            for place in self.family.places.values()
        )

    def _over(self, y: float, up: float) -> float:
        """The height of a couple's line that passes over someone between them."""
        return max(y, up) + _SYMBOL / 2 + 7

    def _couple(self, canvas: Canvas, couple: Partnership) -> None:
        """A line between two symbols, over the row where someone stands between them."""
        (x, y), (across, up) = sorted((self._centre(couple.one), self._centre(couple.other)))
        if self._adjacent(couple.one, couple.other):
            line = y
            canvas.line(x + _SYMBOL / 2, y, across - _SYMBOL / 2, up)
        else:
            line = self._over(y, up)
            canvas.line(x + _ASIDE, y, x + _ASIDE, line)
            canvas.line(x + _ASIDE, line, across - _ASIDE, line)
            canvas.line(across - _ASIDE, line, across - _ASIDE, up)
        middle = (x + across) / 2
        strokes = {Union.TOGETHER: 0, Union.SEPARATED: 1, Union.DIVORCED: 2}[couple.union]
        for n in range(strokes):
            left = x + (across - x) * 0.36 - 3 + n * 5
            canvas.line(left - 2.5, line - 5.5, left + 2.5, line + 5.5)
        note = lettering.fitted(couple.note, _NOTE, 130)
        wide = lettering.width(note, _NOTE)
        self.notes.append((middle - wide / 2, line + (8 if strokes else 4), wide, note))

    def _descent(self, canvas: Canvas, parents: Sequence[str], children: Sequence[str], n: int) -> None:
        """From the middle of a couple, or the foot of one parent, to a bar over the children."""
        (x, y), (across, up) = self._centre(parents[0]), self._centre(parents[-1])
        start = y - _SYMBOL / 2 if len(parents) == 1 else min(y, up)
        middle = (x + across) / 2
        if len(parents) == 2 and not self._adjacent(*parents):
            middle, start = max(x, across) - _STEP / 2, self._over(y, up)
        tops = [(spot, top + _SYMBOL / 2) for spot, top in map(self._centre, children)]
        bar = max(top for _, top in tops) + 16 + (n % 3) * 4
        canvas.line(middle, start, middle, bar)
        ends = [middle, *(spot for spot, _ in tops)]
        canvas.line(min(ends), bar, max(ends), bar)
        for spot, top in tops:
            canvas.line(spot, bar, spot, top)

    def _person(self, canvas: Canvas, person: Person, place: Place) -> None:
        x, y = self._centre(person.key)
        half = _SYMBOL / 2
        canvas.saveState()
        canvas.setFillColor(PANEL)
        canvas.setLineWidth(2.4 if person.subject else 1.1)
        if person.identity_unknown:
            canvas.setDash(3.5, 2.5)
        if person.unborn:
            _polygon(canvas, ((x, y + half), (x + half, y - half), (x - half, y - half)))
        elif person.sex is Sex.MALE:
            canvas.rect(x - half, y - half, _SYMBOL, _SYMBOL, stroke=1, fill=1)
        elif person.sex is Sex.FEMALE:
            canvas.circle(x, y, half, stroke=1, fill=1)
        else:
            reach = half * 1.12
            _polygon(canvas, ((x, y + reach), (x + reach, y), (x, y - reach), (x - reach, y)))
        canvas.setDash()
        if person.deceased:
            canvas.setLineWidth(0.9)
            canvas.line(x - half, y - half, x + half, y + half)
            canvas.line(x - half, y + half, x + half, y - half)
            canvas.rect(x - 7.5, y - 5.5, 15, 11, stroke=0, fill=1)
        canvas.setFillColor(INK)
        said = person.age.replace("about ", "c. ") or ("" if person.unborn else "?")
        age = lettering.fitted(said, _AGE, _SYMBOL - 4)
        base = y - 3.3 - (5 if person.unborn else 0)
        draw_text(canvas, x - lettering.width(age, _AGE) / 2, base, age, _AGE)
        self._label(canvas, person, x, y - half - _LINE)
        canvas.restoreState()

    def _label(self, canvas: Canvas, person: Person, x: float, y: float) -> None:
        for n, line in enumerate(self.labels[person.key]):
            wide = lettering.width(line, _NAME, bold=person.subject)
            base = y - n * _LINE
            canvas.setFillColor(PANEL)
            canvas.rect(x - wide / 2 - 1.5, base - 2.5, wide + 3, _LINE, stroke=0, fill=1)
            canvas.setFillColor(INK if person.subject else INK_2)
            draw_text(canvas, x - wide / 2, base, line, _NAME, bold=person.subject)


def unrecorded(
    partnerships: Sequence[Partnership], sibships: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]
) -> list[tuple[str, str]]:
    """Pairs of parents between whom no relationship is recorded."""
    couples = [{each.one, each.other} for each in partnerships]
    pairs = [(parents[0], parents[1]) for parents, _ in sibships if len(parents) == 2]
    return [pair for pair in pairs if set(pair) not in couples]


def _polygon(canvas: Canvas, corners: Sequence[tuple[float, float]]) -> None:
    path = canvas.beginPath()
    path.moveTo(*corners[0])
    for corner in corners[1:]:
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path, stroke=1, fill=1)


def _lines(name: str, bold: bool) -> tuple[str, ...]:
    """A name on at most two lines; what has no room ends in an ellipsis (the table has it in full)."""
    room = _STEP - 6
    first, *rest = name.split() or [""]
    while rest and lettering.width(f"{first} {rest[0]}", _NAME, bold) <= room:
        first = f"{first} {rest.pop(0)}"
    lines = [first, " ".join(rest)] if rest else [first]
    return tuple(lettering.fitted(line, _NAME, room, bold) for line in lines)


def legend(drawing: Genogram) -> str:
    """What the shapes mean, naming only those that were drawn."""
    people, partnerships = drawing.people.values(), drawing.family.partnerships
    dotted = bool(unrecorded(partnerships, drawing.family.sibships))
    sexes = {person.sex for person in people if not person.unborn}
    unions = {each.union for each in partnerships}
    parts = [
        ("square: male", Sex.MALE in sexes),
        ("circle: female", Sex.FEMALE in sexes),
        ("diamond: sex not known", Sex.UNKNOWN in sexes),
        ("triangle: unborn", any(person.unborn for person in people)),
        ("heavy outline: subject", any(person.subject for person in people)),
        ("dashed outline: identity not known", any(person.identity_unknown for person in people)),
        ("crossed: has died", any(person.deceased for person in people)),
        ("one stroke: separated", Union.SEPARATED in unions),
        ("two strokes: divorced", Union.DIVORCED in unions),
        ("dotted line: parents together, nothing more recorded", dotted),
    ]
    return "Genogram. " + "; ".join(words for words, drawn in parts if drawn).capitalize() + "."
