"""One page of a queue. Each stage gives its first rows in order, by an index; of these the page is made.

So that a page costs what it shows and not what is held: one order over several stages at once has no index.
The statement is written out, since putting one of so many parts together costs more than running it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache

import msgspec
from sqlalchemy import Connection, TextClause, bindparam, text

from ..domain.fold import Stage
from .projection import QueueRow
from .schema import DUE

ROW = msgspec.json.Decoder(QueueRow)


def page(
    connection: Connection,
    stages: Iterable[Stage],
    owners: Collection[str] | None,
    by_due: bool,
    most: int | None,
    offset: int,
) -> tuple[QueueRow, ...]:
    """Referrals at these stages: most urgent first, or (``by_due`` false) longest waiting first; all of them
    where ``most`` is ``None``."""
    values = {f"stage{at}": stage.value for at, stage in enumerate(stages)}
    if not values:
        return ()
    # SQLite takes a limit below nothing for none.
    upto, most = (-1, -1) if most is None else (offset + most, most)
    asked = {**values, "upto": upto, "most": most, "offset": offset}
    if owners is not None:
        asked["owners"] = list(owners)
    rows = connection.scalars(_statement(len(values), by_due, owners is not None), asked)
    return tuple(ROW.decode(row) for row in rows)


@cache
def _statement(stages: int, by_due: bool, owned: bool) -> TextClause:
    order = (str(DUE), "rag_rank", "received_at") if by_due else ("received_at",)
    keys = [f"by{at}" for at in range(len(order))]
    named = ", ".join(f"{one} AS {key}" for one, key in zip(order, keys, strict=True))
    whose = " AND owner IN :owners" if owned else ""
    firsts = " UNION ALL ".join(
        f"SELECT * FROM (SELECT rowid AS at, {named} FROM referrals WHERE stage = :stage{stage}{whose} "
        f"ORDER BY {', '.join(order)} LIMIT :upto)"
        for stage in range(stages)
    )
    by = ", ".join(keys)
    made = text(
        f"SELECT row FROM (SELECT * FROM ({firsts}) ORDER BY {by} LIMIT :most OFFSET :offset) AS found "
        f"JOIN referrals ON referrals.rowid = found.at ORDER BY {by}"
    )
    return made.bindparams(bindparam("owners", expanding=True)) if owned else made
