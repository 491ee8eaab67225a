"""What the store takes for an ID token, and for a provider: nothing that is wrong in any one part."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from mash_desktop.domain.errors import Refusal
from sync.store.sign_in import provider as openid
from sync.store.sign_in.provider import Provider, Providers, Unavailable, secure

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
KEY, OTHER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)


class Lying:
    """A provider on this machine that says whatever a test has it say."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.answering = threading.Event()
        self.answering.set()
        lying = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                lying.asked.append(self.path)
                lying.answering.wait(30)
                status, content = lying.answers.get(self.path, (404, b"{}"))
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                if "refresh_token" in form:
                    self.path += f"?{form['refresh_token']}"
                self.do_GET()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.says()
        self.has(KEY)

    def says(self, **changed: Any) -> None:
        """What it says of itself."""
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        content = json.dumps({**said, **changed}).encode()
        self.answers["/.well-known/openid-configuration"] = 200, content

    def has(self, *keys: RSAKey) -> None:
        self.answers["/keys"] = (
            200,
            json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode(),
        )

    def end(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def provider(self) -> Provider:
        return Provider("Council sign-in", self.issuer, "mash")

    def token(self, key: RSAKey = KEY, **changed: Any) -> str:
        claims = {
            "iss": self.issuer, "aud": "mash", "sub": "sam", "nonce": "n", "iat": AT, "exp": AT + 300
        }  # fmt: skip
        kept = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        return jwt.encode({"alg": "RS256"}, kept, key)


@pytest.fixture
def lying() -> Iterator[Lying]:
    made = Lying()
    yield made
    made.end()


def subject(lying: Lying, token: str, providers: Providers | None = None) -> str:
    return (providers or Providers()).subject(lying.provider, token, "n", NOW)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as told:
        attempt()
    return told.value.code


def test_a_right_token_names_its_subject(lying: Lying) -> None:
    assert subject(lying, lying.token()) == "sam"
    assert subject(lying, lying.token(aud=["mash"])) == "sam"
    assert subject(lying, lying.token(aud=["mash", "other"], azp="mash")) == "sam"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"aud": ["mash", "another"]},
        {"azp": "another"},
        {"sub": None},
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"exp": AT - 61},
        {"exp": None},
        {"exp": "soon"},
        {"iat": AT + 3600},
        {"iat": None},
    ],
)
def test_a_token_wrong_in_one_claim_is_refused(lying: Lying, wrong: dict[str, Any]) -> None:
    assert refused(lambda: subject(lying, lying.token(**wrong))) == "sign-in-refused"


def test_a_token_that_the_provider_did_not_sign_is_refused(lying: Lying) -> None:
    good = lying.token()
    head, body, signature = good.split(".")
    # The provider's public key taken for a shared secret: what everybody has would sign.
    forged = f"{_part({'alg': 'HS256'})}.{body}"
    mac = hmac.digest(KEY.as_pem(private=False), forged.encode(), "sha256")
    confused = f"{forged}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    unsigned = f"{_part({'alg': 'none'})}.{body}."
    altered = f"{head}.{body}.{signature[:-8]}AAAAAAAA"
    for token in (lying.token(OTHER), unsigned, confused, altered, "", "x", "a.b.c", "...."):
        assert refused(partial(subject, lying, token)) == "sign-in-refused"


def _part(header: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()


def test_a_provider_that_has_changed_its_keys_is_asked_for_them_and_not_without_end(
    lying: Lying, monkeypatch: pytest.MonkeyPatch
) -> None:
    providers = Providers()
    assert subject(lying, lying.token(), providers) == "sam"
    lying.has(OTHER)
    lying.asked.clear()
    # Just read: whoever sends nonsense does not have the provider asked each time.
    assert refused(lambda: subject(lying, lying.token(OTHER), providers)) == "sign-in-refused"
    assert lying.asked == []
    monkeypatch.setattr(openid, "_AGAIN_SECONDS", 0.0)
    assert subject(lying, lying.token(OTHER), providers) == "sam"
    assert lying.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "http://["},
        {"token_endpoint": 3},
    ],
)
def test_a_provider_that_says_of_itself_what_cannot_be_is_not_used(
    lying: Lying, changed: dict[str, Any]
) -> None:
    lying.says(**changed)
    assert refused(lambda: Providers().metadata(lying.issuer)) == "directory-unreachable"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/.well-known/openid-configuration", (200, b"not json")),
        ("/.well-known/openid-configuration", (500, b"{}")),
        ("/.well-known/openid-configuration", (302, b"{}")),
        ("/keys", (200, b'{"keys": 3}')),
        ("/keys", (200, b'{"keys": [{"kty": "of its own"}]}')),
        ("/keys", (200, b"[]")),
        ("/keys", (200, b" " * (1024 * 1024 + 1))),
    ],
)
def test_what_no_provider_answers_is_told_as_no_answer(
    lying: Lying, path: str, answer: tuple[int, bytes]
) -> None:
    lying.answers[path] = answer
    assert refused(lambda: Providers().metadata(lying.issuer)) == "directory-unreachable"
    assert "/elsewhere" not in lying.asked


def test_a_provider_that_gave_no_answer_is_left_alone_for_a_while(
    lying: Lying, monkeypatch: pytest.MonkeyPatch
) -> None:
    providers = Providers()
    lying.answers["/.well-known/openid-configuration"] = 503, b"busy"
    for _ in range(2):
        assert refused(lambda: providers.metadata(lying.issuer)) == "directory-unreachable"
    assert lying.asked == ["/.well-known/openid-configuration"]
    lying.says()
    monkeypatch.setattr(openid, "_SILENT_SECONDS", 0.0)
    assert providers.metadata(lying.issuer).issuer == lying.issuer


def test_of_those_who_wait_for_a_slow_provider_one_asks_and_few_wait(lying: Lying) -> None:
    providers = Providers()
    lying.answering.clear()
    with ThreadPoolExecutor(openid._MOST_AT_ONCE) as pool:
        waiting = [pool.submit(providers.metadata, lying.issuer) for _ in range(openid._MOST_AT_ONCE)]
        try:
            while providers._at_once._value:
                time.sleep(0.01)
            assert refused(lambda: providers.metadata(lying.issuer)) == "directory-unreachable"
        finally:
            lying.answering.set()
    assert {one.result().issuer for one in waiting} == {lying.issuer}
    assert lying.asked == ["/.well-known/openid-configuration", "/keys"]
    assert providers.metadata(lying.issuer).issuer == lying.issuer


def test_an_answer_that_takes_too_long_in_all_is_none(lying: Lying, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openid, "_ANSWER_SECONDS", -1.0)
    assert refused(lambda: Providers().metadata(lying.issuer)) == "directory-unreachable"


def test_an_address_that_is_none_is_told_as_no_answer(lying: Lying) -> None:
    lying.says(token_endpoint="http://127.0.0.1:port/")
    assert refused(lambda: Providers().refresh(lying.provider, "token")) == "directory-unreachable"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((400, b'{"error": "invalid_grant"}'), "sign-in-refused"),
        ((401, b'{"error": "invalid_client"}'), "directory-unreachable"),
        ((503, b"busy"), "directory-unreachable"),
        ((200, b"[]"), "directory-unreachable"),
    ],
)
def test_only_what_is_said_of_the_person_refuses_them(
    lying: Lying, answer: tuple[int, bytes], code: str
) -> None:
    lying.answers["/token?token"] = answer
    assert refused(lambda: Providers().refresh(lying.provider, "token")) == code


def test_an_answer_without_tokens_signs_nobody_in(lying: Lying) -> None:
    lying.answers["/token"] = 200, b'{"access_token": "x"}'
    tokens = Providers().exchange(lying.provider, "code", "verifier", "http://127.0.0.1:1/")
    assert refused(lambda: subject(lying, tokens.id_token)) == "sign-in-refused"


def test_a_browser_is_sent_to_the_provider_with_what_was_asked(lying: Lying) -> None:
    address = Providers().address(lying.provider, state="s", nonce="n")
    assert address.startswith(f"{lying.issuer}/auth?tenant=1&response_type=code&client_id=mash&")
    assert "code_challenge_method=S256" in address


def test_nobody_is_spoken_to_in_plain_but_on_this_machine() -> None:
    assert secure("https://login.example.gov.uk")
    assert secure("http://127.0.0.1:8080")
    assert not secure("http://login.example.gov.uk")
    assert not secure("http://[")
    with pytest.raises(Unavailable):
        Providers().metadata("http://login.example.gov.uk")
    with pytest.raises(Unavailable):
        Providers().metadata("http://127.0.0.1:9")
