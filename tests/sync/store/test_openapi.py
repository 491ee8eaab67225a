"""The description of the service, and strangers' and people's requests made from it: all answered as told."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from litestar.routes import HTTPRoute
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from mash_desktop.domain.partial_date import FIRST_YEAR, LAST_YEAR
from mash_desktop.domain.roles import Role
from sync.protocol import VERSION, VERSION_HEADER
from sync.store.describing import OPERATIONS
from sync.store.service import application
from sync.store.verifying import verify
from tests.support.postgres import PostgresServer
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore, serving

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

EXAMPLES = 25
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.ignored_auth,
]
REFUSES_WHAT_IS_ILL_FORMED = [*CHECKS, checks.negative_data_rejection]
"""But in a query, where what nobody knows is ignored, as it is everywhere in this protocol."""
ENDS_THE_SESSION = {"/v1/sign-out"}
FOR_ANY_HUB = {"/v1/hubs/{hub}/ways-in"}
"""Asked of a hub that is not here, it says nothing that a hub without a directory would not."""
LIVE = "GET /v1/hubs/{hub}/live"
EVERY = [
    (where, signed_in)
    for where in (" ".join(one) for one in OPERATIONS)
    for signed_in in (False, True)
    if (where, signed_in) != (LIVE, True)
]
"""But what somebody signed in hears live, which has no end and is for tests of its own."""


# The framework of another year wants a request's shape declared otherwise.
@pytest.mark.filterwarnings("ignore::litestar.exceptions.base_exceptions.LitestarDeprecationWarning")
def test_every_endpoint_is_described_in_the_shapes_that_it_has(served_store: ServedStore) -> None:
    there = {}
    for route in application(served_store.direct).routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if handler.resolve_include_in_schema():
                takes = handler.parsed_fn_signature.parameters.get("data")
                gives = handler.parsed_fn_signature.return_type.annotation
                (method,) = handler.http_methods
                there[method, route.path_format] = (takes and takes.annotation, gives)
    assert there.keys() == OPERATIONS.keys()
    for where, (takes, gives) in there.items():
        asks, answers = OPERATIONS[where].asks, OPERATIONS[where].answers
        assert takes is (type(asks) if isinstance(asks, msgspec.Struct) else None), where
        if gives.__module__ == "sync.protocol":
            assert gives is type(answers), where


class Asked:
    """A store that lets one address ask as often as it likes, with somebody signed in and a referral."""

    def __init__(self, served: ServedStore) -> None:
        self.served = served
        self.cast = Cast(served, served.new_hub())
        self.story = ServedStory(self.cast).taken().triaged()
        self.desk = self.somebody()
        self.answered = Counter[int]()
        with served.client() as client:
            self.schema = schemathesis.openapi.from_dict(self._narrowed(client.get("/openapi.json").json()))

    def somebody(self) -> Desk:
        """Who may ask for the most."""
        return self.served.desk(
            self.cast.hub,
            "Noor Haddad",
            ("mash", Role.INFORMATION_GOVERNANCE),
            ("mash", Role.ADMINISTRATOR),
            ("scc-children", Role.TRIAGE_OPERATOR),
            ("scc-adults", Role.SAFEGUARDING_MANAGER),
        )

    def _narrowed(self, description: dict[str, Any]) -> dict[str, Any]:
        """The description with what there is in this store, since what is made up is refused at the door."""
        shapes = description["components"]["schemas"]
        shapes["Standing"] = {"enum": msgspec.to_builtins(self.desk.session.standings)}
        known = {
            ("Presence", "stream"): [self.story.stream],
            ("RecipientsAsked", "entry"): [self.story.entries[0].id],
            ("NewDevice", "person"): [self.desk.enrolled.person],
        }
        for (shape, field), values in known.items():
            shapes[shape]["properties"][field] = {"anyOf": [{"enum": values}, {"type": "string"}]}
        shapes["PartialDate"]["properties"]["year"] |= {"minimum": FIRST_YEAR, "maximum": LAST_YEAR}
        for path, about in description["paths"].items():
            for endpoint in about.values():
                # Every request would be refused for want of it, and nothing else would be tried.
                endpoint["parameters"] = [x for x in endpoint["parameters"] if x["name"] != VERSION_HEADER]
            for one in chain.from_iterable(endpoint["parameters"] for endpoint in about.values()):
                if one["name"] == "hub" and path not in FOR_ANY_HUB:
                    one["schema"] = {"enum": [self.cast.hub]}
        return description


@pytest.fixture(scope="module")
def asked(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    name = postgres.new_database()
    folder = tmp_path_factory.mktemp("openapi")
    with serving(postgres.url(name), folder, "--rate", "100000") as served:
        asked = Asked(served)
        yield asked
        print(f"{asked.answered.total()} requests, answered with {dict(asked.answered)}")
        assert verify(served.direct, asked.cast.hub).faults == ()
    postgres.drop_database(name)


@pytest.mark.parametrize(("where", "signed_in"), EVERY, ids=str)
def test_whatever_is_asked_is_answered_as_described(where: str, signed_in: bool, asked: Asked) -> None:
    method, path = where.split()
    operation = asked.schema[path][method]
    headers = {VERSION_HEADER: str(VERSION)}
    if signed_in:
        desk = asked.somebody() if path in ENDS_THE_SESSION else asked.desk
        headers["Authorization"] = desk.client.headers["Authorization"]
    modes = list(GenerationMode) if "{" in path or operation.body else [GenerationMode.POSITIVE]
    expected = CHECKS if OPERATIONS[method, path].numbers else REFUSES_WHAT_IS_ILL_FORMED
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))

    @seed(random.getrandbits(32))
    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def answered(case: schemathesis.Case[Any]) -> None:
        answer = case.call_and_validate(
            base_url=asked.served.base_url, headers=headers, verify=str(asked.served.cert), checks=expected
        )
        asked.answered[answer.status_code] += 1

    answered()
