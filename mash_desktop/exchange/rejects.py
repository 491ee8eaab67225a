"""Writing what was not taken, as a table that can go back to the sender.

Whole or not at all: a reader never sees half a file. Cells are made harmless for a spreadsheet.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from mash_desktop.domain.errors import Refusal

from .records import Reject
from .table import is_formula

HEADING = ("file", "line", "character", "field", "value", "left out", "code", "reason")


def write_rejects(path: Path, rejects: Iterable[Reject]) -> int:
    """Write the rejects to ``path`` for its owner alone and say how many there were.

    Raises ``Refusal`` (*rejects-unwritable*) where the folder cannot be written to; what stood at ``path``
    then stands.
    """
    written = 0
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".rejects-", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADING)
            for reject in rejects:
                row = (
                    *(reject.source, str(reject.line), str(reject.character or "")),
                    *(reject.field, reject.value),
                    *(reject.left_out, reject.code, reject.reason),
                )
                writer.writerow(_harmless(cell) for cell in row)
                written += 1
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise Refusal(
            "rejects-unwritable", f"The rejects cannot be written to {path.name}: choose another place."
        ) from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
    return written


def _harmless(cell: str) -> str:
    return f"'{cell}" if is_formula(cell) else cell
