"""The service as a stranger meets it: versions, headers, bounds, problems, health."""

from __future__ import annotations

import socket
import ssl

import httpx
import pytest

from sync.protocol import VERSION, VERSION_HEADER, Push
from tests.support.served_story import Cast
from tests.support.store import ServedStore


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
    for answer in (desk.client.get(f"/v1/hubs/{desk.hub}/head"), desk.client.get("/healthz")):
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_it_says_whether_it_lives_is_ready_and_what_it_counts(told: Cast) -> None:
    desk = told["priya"]
    assert desk.client.get("/healthz").json() == {"status": "alive"}
    assert desk.client.get("/readyz").json() == {"status": "ready"}
    counted = desk.client.get("/metrics").text
    assert "mash_isl_requests_total" in counted
    assert "mash_isl_live_connections" in counted
    assert desk.hub not in counted


def test_the_whole_protocol_is_described(served_store: ServedStore) -> None:
    with served_store.client() as client:
        described = client.get("/openapi.json").json()
    assert {
        "/v1/sign-in",
        "/v1/enrol",
        "/v1/sign-in/refresh",
        "/v1/sign-out",
        "/v1/hubs/{hub}/acts",
        "/v1/hubs/{hub}/feed",
        "/v1/hubs/{hub}/live",
        "/v1/hubs/{hub}/people",
        "/v1/hubs/{hub}/head",
        "/v1/hubs/{hub}/inclusion",
        "/v1/hubs/{hub}/consistency",
        "/v1/hubs/{hub}/presence",
        "/v1/hubs/{hub}/enrolment-codes",
        "/v1/hubs/{hub}/chunks/{chunk}",
    } <= described["paths"].keys()


def test_plain_http_and_old_tls_get_no_answer(served_store: ServedStore) -> None:
    host, port = served_store.base_url.removeprefix("https://").split(":")
    with httpx.Client() as client, pytest.raises(httpx.TransportError):
        client.get(f"http://{host}:{port}/healthz")
    old = served_store.context()
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLS"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection((host, int(port)), timeout=5) as raw,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        old.wrap_socket(raw, server_hostname="localhost")


def test_a_certificate_that_is_not_the_pinned_one_is_not_trusted(served_store: ServedStore) -> None:
    with httpx.Client(base_url=served_store.base_url) as client, pytest.raises(httpx.ConnectError):
        client.get("/healthz")
