"""A file that is not what it should be is refused whole, with one sentence, before anything is yielded."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mash_desktop.domain.errors import Refusal
from mash_desktop.exchange import (
    census,
    check_history,
    check_intake,
    files,
    read_history,
    read_intake,
    table,
)

from .returns import HEADER, ROW, child, message
from .returns import table as rows

GOOD = message(child()).encode()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("history.xml", GOOD)
    return out.getvalue()


def bomb() -> bytes:
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f"<!DOCTYPE Message [{entities}]><Message>&a9;</Message>".encode()


EITHER = {
    "empty": (b"", "file-empty"),
    "a zip archive": (zipped(), "file-not-text"),
    "a gzip archive": (gzip.compress(GOOD), "file-not-text"),
    "a PDF": (b"%PDF-1.7 " + GOOD, "file-not-text"),
    "UTF-16": (message(child()).encode("utf-16"), "file-encoding"),
    "Latin-1": (b"<Message>\n\n<!-- caf\xe9 -->", "file-encoding"),
    "a code cut in half at the end": (b"<Message> caf\xc3", "file-encoding"),
    "NUL bytes": (GOOD[:30] + b"\0" + GOOD[30:], "file-binary"),
}
HISTORIES = {
    "cut short": (GOOD[:-30], "xml-cut-short"),
    "cut short in a tag": (GOOD[:-3], "xml-cut-short"),
    "cut short in a CDATA section": (b"<Message><![CDATA[ ", "xml-cut-short"),
    "only blank": (b"  \n ", "xml-cut-short"),
    "badly nested": (GOOD.replace(b"</Child>", b"</Chil>"), "xml-malformed"),
    "not XML": (b"received_at,channel\n", "xml-malformed"),
    "something after the end": (GOOD + b"<Message/>", "xml-malformed"),
    "an entity nobody declared": (GOOD.replace(b"A1", b"&xxe;"), "xml-malformed"),
    "a prefix nobody declared": (GOOD.replace(b"Child>", b"c:Child>"), "xml-malformed"),
    "an entity bomb": (bomb(), "xml-doctype"),
    "an external entity": (
        b'<!DOCTYPE Message [<!ENTITY x SYSTEM "file:///etc/passwd">]><Message>&x;</Message>',
        "xml-doctype",
    ),
    "an external document type": (
        b'<!DOCTYPE Message SYSTEM "http://example.invalid/cin.dtd"><Message/>',
        "xml-doctype",
    ),
    "another encoding declared": (b'<?xml version="1.0" encoding="windows-1252"?>' + GOOD, "file-encoding"),
    "another root": (b"<Pupils/>", "history-wrong-root"),
    "another return": (
        message(child(), header=HEADER.replace(">CIN<", ">SSDA903<")).encode(),
        "history-other-return",
    ),
    "no header": (message(child(), header="").encode(), "history-no-authority"),
    "a header that names no authority": (
        message(child(), header="<Header><Source><LEA>Staffordshire</LEA></Source></Header>").encode(),
        "history-no-authority",
    ),
    "a header after its children": (
        message(child(), header="").replace("</Message>", HEADER + "</Message>").encode(),
        "history-no-authority",
    ),
    "no children": (message().encode(), "history-no-children"),
    "an endless depth": (b"<Message>" + b"<a>" * 100, "xml-too-deep"),
    "endless names": (
        b"<Message>" + b"".join(b"<a%d/>" % n for n in range(2_000)) + b"</Message>",
        "xml-too-many-names",
    ),
    "endless names of attributes": (
        b"<Message>" + b"".join(b'<a a%d=""/>' % n for n in range(2_000)) + b"</Message>",
        "xml-too-many-names",
    ),
    "endless namespaces": (
        b"<Message>" + b"".join(b'<a xmlns="urn:%d"/>' % n for n in range(2_000)) + b"</Message>",
        "xml-too-many-names",
    ),
    "an endless tag": (b'<Message a="' + b"x" * 1_500_000 + b'"/>', "xml-tag-too-long"),
}
INTAKES = {
    "no heading": (",".join(ROW.values()).encode(), "table-heading"),
    "a column missing": (rows(ROW).replace("cohort", "Cohorts").encode(), "table-heading"),
    "a column not known": (rows(ROW).replace("person6_role", "shoe_size").encode(), "table-heading"),
    "a column twice": (rows(ROW).replace("person6_role", "person5_role").encode(), "table-heading"),
    "only blank lines": (b"\n\n , \n", "table-heading"),
    "a quote never closed": (rows(ROW).encode() + b'2026-11-03 21:14,"phone,2A\n', "table-quoting"),
    "a quote closed wrongly": (rows(ROW).encode() + b'"2026"x,phone\n', "table-quoting"),
    "a last row cut short": (rows(ROW, ROW).encode().rstrip()[:-20], "table-cut-short"),
    "a first row cut short": (rows(ROW).encode().rstrip()[:-20], "table-cut-short"),
    "a line that never ends": (rows(ROW).encode() + b"x" * 1_200_000, "table-line-too-long"),
    "an endless cell": (rows(ROW).encode() + b'"' + b"x\n" * 100_000, "table-quoting"),
}


def test_a_last_row_without_an_end_of_line_is_taken_where_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "intake.csv"
    path.write_bytes(rows(ROW).encode().rstrip(b"\r\n"))
    assert check_intake(path).rows == 1


def refused(read: Callable[[], object], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read()
    assert refusal.value.code == code
    sentence = refusal.value.sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert ". " not in sentence, "one sentence"


@pytest.mark.parametrize(
    ("content", "code"), [*EITHER.values(), *HISTORIES.values()], ids=[*EITHER, *HISTORIES]
)
def test_a_return_that_is_none_is_refused_before_a_child_is_read(
    tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "history.xml"
    path.write_bytes(content)
    refused(lambda: check_history(path), code)
    refused(lambda: next(read_history(path)), code)


@pytest.mark.parametrize(("content", "code"), [*EITHER.values(), *INTAKES.values()], ids=[*EITHER, *INTAKES])
def test_a_list_that_is_none_is_refused_before_a_row_is_read(
    tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "intake.csv"
    path.write_bytes(content)
    refused(lambda: check_intake(path), code)
    refused(lambda: next(read_intake(path)), code)


@pytest.mark.parametrize(
    ("content", "code"), {**EITHER, "no heading": (b"A1,Ella,Salt", "table-heading")}.values()
)
def test_a_key_file_that_is_none_refuses_the_import(tmp_path: Path, content: bytes, code: str) -> None:
    path, names = tmp_path / "history.xml", tmp_path / "names.csv"
    path.write_bytes(GOOD)
    names.write_bytes(content)
    refused(lambda: next(read_history(path, names=names)), code)


def test_a_file_over_the_limit_is_refused_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history.xml"
    path.touch()
    os.truncate(path, 1_000_000_001)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))
    refused(lambda: check_history(path), "file-too-large")
    refused(lambda: next(read_history(path)), "file-too-large")
    refused(lambda: check_intake(path), "file-too-large")
    refused(lambda: next(read_intake(path)), "file-too-large")


def test_the_limit_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "history.xml"
    path.write_bytes(GOOD)
    assert check_history(path, limit=len(GOOD)).children == 1
    refused(lambda: check_history(path, limit=len(GOOD) - 1), "file-too-large")
    refused(lambda: next(read_history(path, limit=10)), "file-too-large")


def test_more_records_than_a_hub_could_have_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(census, "MOST_RECORDS", 3)
    monkeypatch.setattr(table, "MOST_RECORDS", 3)
    path = tmp_path / "file"
    path.write_text(message(child() * 4))
    refused(lambda: check_history(path), "history-too-many")
    path.write_text(rows(ROW, ROW, ROW))
    assert check_intake(path).rows == 3
    path.write_text(rows(ROW, ROW, ROW, ROW))
    refused(lambda: check_intake(path), "table-too-many")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    refused(lambda: check_history(tmp_path / "nowhere.xml"), "file-missing")
    refused(lambda: check_history(tmp_path / "nowhere.xml" / "deeper"), "file-missing")
    refused(lambda: check_history(Path("\0")), "file-missing")
    refused(lambda: check_history(tmp_path), "file-irregular")
    refused(lambda: check_history(tmp_path / ("x" * 300)), "file-unreadable")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    refused(lambda: check_intake(pipe), "file-irregular")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "history.xml"
    path.write_bytes(GOOD)

    def closed(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)
    refused(lambda: check_history(path), "file-unreadable")


def test_a_disk_that_fails_while_it_is_read_refuses_the_file(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    source = files.Source("history.xml", 10, Failing())
    refused(lambda: next(source.text(lambda _: None)), "file-unreadable")


def test_the_line_of_a_wrong_character_is_said(tmp_path: Path) -> None:
    path = tmp_path / "history.xml"
    path.write_bytes(b"<Message>\n\n<!-- caf\xe9 -->")
    with pytest.raises(Refusal, match="at line 3"):
        check_history(path)
