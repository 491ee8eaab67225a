"""The service as a stranger meets it: versions, headers, bounds, problems, health."""

from __future__ import annotations

import contextlib
import socket
import ssl
from pathlib import Path

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.errors import Refusal
from sync.protocol import VERSION, VERSION_HEADER, Presence, Push
from sync.store.composition import Store
from sync.store.database import connect
from sync.store.sealing import Secrets
from sync.store.service import LARGEST_OF_A_STRANGER
from tests.domain.story import OPERATOR
from tests.support.ear import grown_to, listening
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore


def test_another_version_of_the_protocol_is_refused_in_a_sentence(served_store: ServedStore) -> None:
    with served_store.client() as client:
        for headers in ({VERSION_HEADER: str(VERSION + 1)}, {VERSION_HEADER: ""}):
            answer = client.post("/v1/sign-in", content=b"{}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "protocol-wrong")
            assert str(VERSION) in answer.json()["sentence"]


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("GET", "/nowhere", b"", 404, "not-found"),
        ("GET", "/v1/hubs/x/acts", b"", 405, "method-wrong"),
        ("POST", "/v1/sign-in", b"", 400, "request-unreadable"),
        ("POST", "/v1/sign-in", b"{", 400, "request-unreadable"),
        ("POST", "/v1/sign-in", b'{"account": 1}', 400, "request-unreadable"),
        ("POST", "/v1/sign-in", b"\xff\xfe", 400, "request-unreadable"),
        ("POST", "/v1/enrol", b'{"code": "x"}', 400, "request-unreadable"),
        (
            "POST",
            "/v1/sign-in",
            b'{"account": "\\u0000", "password": "x", "code": "1", "device": "d"}',
            400,
            "value-wrong",
        ),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_a_sentence(
    served_store: ServedStore, method: str, path: str, content: bytes, status: int, code: str
) -> None:
    with served_store.client() as client:
        answer = client.request(method, path, content=content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["sentence"].endswith(".")


def test_a_request_has_bounds(told: Cast) -> None:
    desk = told["priya"]
    answer = desk.client.post(f"/v1/hubs/{desk.hub}/acts", content=b" " * (8 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    parcel = desk.compose([])
    many = desk.post(f"/v1/hubs/{desk.hub}/acts", Push(acts=(parcel,) * 51))
    assert (many.status_code, many.json()["code"]) == (400, "too-many-acts")
    assert desk.push(parcel)[0].code == "act-size"
    assert desk.push() == ()


def test_every_answer_has_strict_headers(told: Cast) -> None:
    desk = told["priya"]
    client = desk.client
    answers = {
        200: client.get(f"/v1/hubs/{desk.hub}/head"),
        204: desk.post(f"/v1/hubs/{desk.hub}/presence", Presence(stream="referral:none", doing="looking")),
        400: client.post("/v1/sign-in", content=b"{"),
        401: client.get(f"/v1/hubs/{desk.hub}/head", headers={"Authorization": "Bearer x"}),
        404: client.get("/nowhere"),
        405: client.get("/v1/sign-in"),
        413: client.post("/v1/sign-in", content=b" " * (LARGEST_OF_A_STRANGER + 1)),
    }
    assert answers.pop(204).status_code == 404
    for status, answer in answers.items():
        assert answer.status_code == status
    for answer in (*answers.values(), client.get("/healthz"), client.get("/openapi.json")):
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def counted(desk: Desk) -> dict[str, float]:
    """Every figure of `/metrics` by its name and labels, as a Prometheus server reads it."""
    families = text_string_to_metric_families(desk.client.get("/metrics").text)
    return {
        " ".join((sample.name, *sorted(sample.labels.values()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_it_counts_what_it_does_and_how_long_that_takes_and_names_nobody(
    told: Cast, story: ServedStory
) -> None:
    desk, path = told["priya"], "/v1/hubs/{hub}/acts"
    with listening(told.served, desk) as ear:
        story.taken()
        before = counted(desk)
        answer = story.push(OPERATOR, NoteAdded(words="The school rang."))
        story.push(OPERATOR, NoteAdded(words=" "))
        desk.page()
        desk.client.get("/nowhere/Priya")
        ear.next("grown", grown_to(answer.positions[0]))
        after = counted(desk)
        grown = {name: after[name] - before.get(name, 0) for name in after}
        assert after["mash_isl_live_connections"] >= 1
    assert grown["mash_isl_acts_total  admitted"] == 1
    assert grown["mash_isl_acts_total field-empty refused"] == 1
    assert grown[f"mash_isl_requests_total {path} 200 POST"] == 2
    assert grown["mash_isl_requests_total 404 GET unknown"] == 1
    assert grown["mash_isl_push_seconds_count"] == 2
    assert grown["mash_isl_pull_seconds_count"] == 1
    assert grown["mash_isl_feed_lag_seconds_count"] >= 1
    assert 1 <= after["mash_isl_database_connections used"] <= after["mash_isl_database_connections most"]
    assert after["process_resident_memory_bytes"] > 0
    shown = desk.client.get("/metrics").text
    for nobodys in (desk.hub, desk.enrolled.person, desk.enrolled.account, "Priya", story.stream):
        assert nobodys not in shown


def test_it_lives_and_is_ready(served_store: ServedStore) -> None:
    with served_store.client() as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        assert client.get("/readyz").json() == {"status": "ready"}


def test_it_is_not_ready_on_a_schema_that_it_does_not_know_and_ready_again_when_that_is_mended(
    served_store: ServedStore,
) -> None:
    change = text("update alembic_version set version_num = :one returning version_num")
    engine = served_store.direct.engine
    with engine.connect() as db:
        known = db.scalar(text("select version_num from alembic_version"))
    with served_store.client() as client:
        try:
            with engine.begin() as db:
                db.execute(change, {"one": "9999"})
            answer = client.get("/readyz")
            assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
            assert "newer version" in answer.json()["sentence"]
            assert client.get("/healthz").status_code == 200
        finally:
            with engine.begin() as db:
                db.execute(change, {"one": known})
        assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("part", ["wrapping", "signing"])
def test_it_is_not_ready_with_secrets_that_are_not_the_databases(
    served_store: ServedStore, a_hub: str, part: str
) -> None:
    direct = served_store.direct
    wrong = msgspec.structs.replace(direct.secrets, **{part: getattr(Secrets.generate(), part)})
    with pytest.raises(Refusal) as refused:
        Store(direct.engine, wrong).check_ready()
    assert refused.value.code == "not-ready"


def test_it_is_not_ready_where_the_database_takes_no_writes(served_store: ServedStore, a_hub: str) -> None:
    engine = connect(f"{served_store.database}&options=-c default_transaction_read_only%3Don", 1)
    with pytest.raises(Refusal, match="takes no writes"):
        Store(engine, served_store.direct.secrets).check_ready()
    engine.dispose()


def test_plain_http_and_old_tls_get_no_answer(served_store: ServedStore) -> None:
    host, port = served_store.base_url.removeprefix("https://").split(":")
    with httpx.Client() as client, pytest.raises(httpx.TransportError):
        client.get(f"http://{host}:{port}/healthz")
    old = served_store.context()
    # Without this a client of today would refuse by itself to say what it is meant to say.
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLS"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection((host, int(port)), timeout=30) as raw,
        pytest.raises(ssl.SSLError) as refused,
    ):
        old.wrap_socket(raw, server_hostname="localhost")
    # It was the store that ended it: the same client comes to terms with a server of old.
    told = {"TLSV1_ALERT_PROTOCOL_VERSION", "UNEXPECTED_EOF_WHILE_READING"}
    assert refused.value.reason in told or isinstance(refused.value, ssl.SSLZeroReturnError)
    assert version_with_a_server_of_old(old, served_store.cert) == "TLSv1.1"


def version_with_a_server_of_old(client: ssl.SSLContext, cert: Path) -> str | None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, cert.with_suffix(".key"))
    server.set_ciphers("ALL:@SECLEVEL=0")
    server.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(down, up, server_hostname="localhost"),
        server.wrap_bio(up, down, server_side=True),
    )
    for _ in range(4):
        for end in ends:
            with contextlib.suppress(ssl.SSLWantReadError):
                end.do_handshake()
    return ends[0].version()


def test_a_certificate_that_is_not_the_pinned_one_is_not_trusted(served_store: ServedStore) -> None:
    with httpx.Client(base_url=served_store.base_url) as client, pytest.raises(httpx.ConnectError):
        client.get("/healthz")
