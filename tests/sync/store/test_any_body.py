"""Whatever a body says, it is admitted or refused in a sentence: nothing breaks, nothing half applies."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft, compose
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries import KINDS, Body
from mash_desktop.domain.entries.access import RecordViewed, RecoveryCodesMade
from mash_desktop.domain.entries.hub import HubConfigured
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.hub import load_preset
from sync.protocol import Answer
from sync.store import tables
from sync.store.verifying import verify
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore

WORDS = st.one_of(
    st.sampled_from(["", " ", "mia", "joanne", "r-police", "police", "mpft", "scc-children"]),
    st.text(st.characters(codec="utf-8"), max_size=30),
)


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation, without regard to what they would mean."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return st.one_of(*(values(one) for one in arguments))
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(values(arguments[0]), max_size=3).map(tuple)
        return st.tuples(*(values(one) for one in arguments))
    if origin is dict:
        return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=3)
    if kind is type(None):
        return st.none()
    if kind is str:
        return WORDS
    if kind is PartialDate:
        return st.builds(PartialDate, st.integers(1900, 2100), st.none() | st.integers(1, 12))
    if kind is datetime:
        return st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
    if kind is date:
        return st.dates(date(1990, 1, 1), date(2100, 1, 1))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return st.builds(kind, **{name: values(hints[name]) for name in kind.__struct_fields__})
    if kind is int:
        return st.integers(-(2**40), 2**40)
    return st.from_type(kind)


BODIES = [kind for name, kind in sorted(KINDS.items()) if name != "hub.configured"]
ROWS = text(
    "select "
    + ", ".join(
        f"(select count(*) from {name} where hub = :hub) as {name}"
        for name, table in sorted(tables.metadata.tables.items())
        if "hub" in table.c and name != "refusals"
    )
)
"""How many a hub has in every table but that of refusals: in others the store writes by itself meanwhile."""


def stream_for(body: Body, story: ServedStory) -> str:
    return {
        "referral": story.stream,
        "identity": f"identity:{uuid7()}",
        "keeping": f"keeping:{story.stream}",
        "hub": "hub",
        "access": f"access:{datetime.now(UTC).date().isoformat()}",
    }[body.FAMILY]


def test_an_access_that_is_refused_leaves_no_row_anywhere(told: Cast) -> None:
    """Under another day than its own, under one to come, or by somebody who may not log it."""
    desk, now = told["priya"], datetime.now(UTC)
    viewed = RecordViewed(target="hub", screen="triage", at=now)
    told_by_the_store = RecoveryCodesMade(person=desk.enrolled.person, at=now)
    before = rows(told)
    for made_at, day, body, code in (
        (now, date(1990, 1, 1), viewed, "day-wrong"),
        (now + timedelta(days=400), None, viewed, "from-the-future"),
        (now - timedelta(days=900), None, told_by_the_store, "not-permitted"),
    ):
        draft = Draft(f"access:{day or made_at.date()}", body)
        parcel = compose(told.hub, desk.only, [draft], desk.key, made_at)
        assert desk.push(parcel)[0].code == code
        assert rows(told) == before


def rows(cast: Cast) -> Mapping[Any, Any]:
    with cast.served.direct.engine.connect() as db:
        return db.execute(ROWS, {"hub": cast.hub}).mappings().one()


@pytest.fixture(scope="module")
def far(told: Cast) -> Iterator[ServedStory]:
    """A referral at the table, where most kinds may be tried; the log is as signed after all of them."""
    story = ServedStory(told)
    story.taken().triaged().admitted().rated().asked().answered().tabled()
    yield story
    assert verify(told.served.direct, told.hub).faults == ()


@pytest.mark.parametrize("kind", BODIES, ids=lambda kind: str(kind.KIND))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_body_is_admitted_or_refused_in_a_sentence(
    kind: type[Body], data: st.DataObject, told: Cast, far: ServedStory
) -> None:
    body = data.draw(values(kind))
    person = data.draw(st.sampled_from(["priya", "ruth", "karen", "dee", "sam", "noor"]))
    desk = told[person]
    before = rows(told)
    chains = far.referral.chains
    draft = Draft(stream_for(body, far), body, base=chains.get(body.guard) if body.guard else None)
    parcel = desk.compose([draft])
    answer: Answer = desk.push(parcel)[0]
    if answer.state == "admitted":
        assert answer.positions == (desk.head().size,)
        if body.FAMILY == "referral":
            far.keep(parcel, answer)
    else:
        assert answer.state == "refused"
        assert answer.code
        assert answer.sentence.endswith((".", "?")), answer.sentence
        assert desk.push(parcel)[0] == answer
        assert rows(told) == before, "an act that is refused leaves no row anywhere"


@pytest.fixture(scope="module")
def configured(served_store: ServedStore) -> Iterator[Cast]:
    """A hub of its own, since what is admitted here is in force."""
    cast = Cast(served_store, served_store.new_hub())
    yield cast
    assert verify(served_store.direct, cast.hub).faults == ()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_configuration_is_admitted_or_refused_in_a_sentence(
    data: st.DataObject, configured: Cast
) -> None:
    """Staffordshire's with one field spoilt: one made up as a whole would only be unlike any hub."""
    preset = load_preset("staffordshire")
    field = data.draw(st.sampled_from([name for name in HubConfig.__struct_fields__ if name != "id"]))
    value = getattr(preset, field)
    spoilt: dict[type, st.SearchStrategy[Any]] = {
        str: WORDS,
        bool: st.booleans(),
        int: st.integers(-(2**40), 2**40),
        tuple: st.sampled_from([(), value * 2, value[:1], value[::-1]] if isinstance(value, tuple) else [()]),
    }
    config = msgspec.structs.replace(
        preset, **{"id": configured.hub, field: data.draw(spoilt.get(type(value), st.just(value)))}
    )
    desk, before = configured["noor"], rows(configured)
    answer = desk.act(Draft("hub", HubConfigured(config=config)))
    assert answer.state == "admitted" or (answer.code and answer.sentence.endswith((".", "?")))
    assert answer.state == "admitted" or rows(configured) == before
