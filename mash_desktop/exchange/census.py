"""The syntax of a census return: XML in, one small tree a child out, in bounded memory.

Over the standard library's expat, fed piece by piece. A document type is refused on sight, so that no
entity can be declared, let alone expanded or fetched; what a hostile file could make grow without end
(depth, names, one tag, one child) has a limit. What the elements mean is in ``history``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.parsers import expat

from mash_desktop.domain.errors import Refusal

from .files import MOST_RECORDS, Source

DEEPEST = 32
MOST_NAMES = 1_000
LONGEST_TAG = 1_000_000
MOST_ELEMENTS = 20_000
"""In one child. The busiest real one has a few hundred."""
MOST_TEXT = 1_000_000
"""Characters in one child."""

_CUT_SHORT = {
    expat.errors.codes[error]
    for error in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}


class Element:
    """One element while its child is being read. Text between elements is left out: it says nothing."""

    __slots__ = ("children", "column", "line", "pieces", "tag")

    def __init__(self, tag: str, line: int, column: int) -> None:
        self.tag = tag
        self.line, self.column = line, column
        self.pieces: list[str] = []
        self.children: list[Element] = []

    @property
    def text(self) -> str:
        """What a leaf says, without the white space around it."""
        return "" if self.children else "".join(self.pieces).strip()


class Part:
    """A whole ``Header`` or ``Child``. ``cut`` says that it was too large to be kept whole."""

    __slots__ = ("cut", "root")

    def __init__(self, root: Element) -> None:
        self.root = root
        self.cut = False


def parts(source: Source, moved: Callable[[int], None]) -> Iterator[Part]:
    """The ``Header`` and then each ``Child`` of a return, in order.

    Raises ``Refusal``: *xml-malformed*, *xml-cut-short*, *xml-doctype*, *xml-too-deep*, *xml-too-many-names*,
    *xml-tag-too-long*, *history-wrong-root*, *history-too-many*, and those of ``Source.text``.
    """
    reading = _Reading(source.name)
    for piece in source.text(moved):
        yield from reading.feed(piece)
    yield from reading.finish()


class _Reading:
    def __init__(self, name: str) -> None:
        self.name = name
        self.fed = 0
        self.path: list[str] = []
        self.names: set[str] = set()
        self.children = 0
        self.part: Part | None = None
        self.open: list[Element] = []
        self.elements = 0
        self.characters = 0
        self.done: list[Part] = []
        # Interning would keep every name of the file for as long as it is read.
        self.parser = expat.ParserCreate(namespace_separator=" ", intern=None)
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self.declared
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartNamespaceDeclHandler = self.namespace
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def feed(self, piece: str) -> Iterator[Part]:
        self.parse(piece, final=False)
        self.fed += len(piece.encode())
        if self.fed - self.parser.CurrentByteIndex > LONGEST_TAG:
            raise Refusal(
                "xml-tag-too-long", f"{self.name} has a tag or comment at line {self.line} that never ends."
            )
        yield from self.done
        self.done.clear()

    def finish(self) -> Iterator[Part]:
        self.parse("", final=True)
        yield from self.done

    def parse(self, piece: str, *, final: bool) -> None:
        try:
            self.parser.Parse(piece, final)
        except expat.ExpatError as error:
            where = f"at line {error.lineno}"
            if final and error.code in _CUT_SHORT:
                raise Refusal(
                    "xml-cut-short",
                    f"{self.name} ends {where}, before the return is complete: ask for it again.",
                ) from error
            raise Refusal(
                "xml-malformed",
                f"{self.name} is not well-formed XML {where}: {expat.ErrorString(error.code)}.",
            ) from error

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    @property
    def column(self) -> int:
        """Counted from one, in characters."""
        return self.parser.CurrentColumnNumber + 1

    # --- what expat tells ---

    def declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            raise Refusal(
                "file-encoding", f"{self.name} says that it is {encoding}: ask for it saved as UTF-8."
            )

    def doctype(self, *_: object) -> None:
        raise Refusal(
            "xml-doctype",
            f"{self.name} declares a document type at line {self.line}, which no census return has and which "
            "can hide an attack: ask for it without.",
        )

    def namespace(self, prefix: str | None, uri: str) -> None:
        self.name_seen(f"{prefix} {uri}")

    def name_seen(self, name: str) -> None:
        self.names.add(name)
        if len(self.names) > MOST_NAMES:
            raise Refusal(
                "xml-too-many-names", f"{self.name} uses more names of elements than a census return has."
            )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in self.names:
            self.name_seen(name)
        for attribute in attributes:
            self.name_seen(attribute)
        tag = name.rpartition(" ")[2]
        depth = len(self.path)
        if depth == 0 and tag != "Message":
            raise Refusal(
                "history-wrong-root", f"{self.name} is XML, but not a children in need census return."
            )
        if depth == DEEPEST:
            raise Refusal(
                "xml-too-deep", f"{self.name} nests elements deeper than a census return at line {self.line}."
            )
        self.path.append(tag)
        if self.part is not None:
            self.grow(tag)
        elif (depth == 1 and tag == "Header") or (
            depth == 2 and tag == "Child" and self.path[1] == "Children"
        ):
            if tag == "Child":
                self.count_child()
            root = Element(tag, self.line, self.column)
            self.part, self.open, self.elements, self.characters = Part(root), [root], 1, 0

    def count_child(self) -> None:
        self.children += 1
        if self.children > MOST_RECORDS:
            raise Refusal(
                "history-too-many",
                f"{self.name} has more than {MOST_RECORDS:,} children: ask for it in smaller files.",
            )

    def grow(self, tag: str) -> None:
        assert self.part is not None
        self.elements += 1
        if self.part.cut or self.elements > MOST_ELEMENTS:
            self.part.cut = True
            return
        element = Element(tag, self.line, self.column)
        self.open[-1].children.append(element)
        self.open.append(element)

    def text(self, text: str) -> None:
        if self.part is None or self.part.cut:
            return
        self.characters += len(text)
        if self.characters > MOST_TEXT:
            self.part.cut = True
        elif not self.open[-1].children:
            self.open[-1].pieces.append(text)

    def end(self, name: str) -> None:
        self.path.pop()
        if self.part is None:
            return
        if not self.part.cut:
            self.open.pop()
        if len(self.path) == (1 if self.part.root.tag == "Header" else 2):
            self.done.append(self.part)
            self.part = None
