"""A desktop's half of signing in through the hub's directory: what it takes from a browser, and what not."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.signature import SigningKey, verify
from sync.client.directory import SINGLE, sign_in_by_directory, ways_in
from sync.protocol import BeginSingle, FinishSingle, SingleBegun
from tests.support.relay import Answered, Asked, Relay
from tests.sync.client.conftest import Office

# Which PostgreSQL the store has is the same to a desk.
pytestmark = [
    pytest.mark.parametrize("postgres", ["embedded"], indirect=True),
    pytest.mark.usefixtures("loops_apart"),
]

ISSUER = "https://directory.example"
REFUSED = b'{"code": "directory-unknown", "sentence": "The hub does not know you."}'


class Attempt:
    """A hub that sends whoever begins to a directory, and does not know whom that names."""

    def __init__(self, relay: Relay, browser: ThreadPoolExecutor) -> None:
        self.relay, self._browser = relay, browser
        relay.before = self._hub
        self.url = f"{ISSUER}/authorise"
        self.key = SigningKey.generate()
        self.stop = Event()
        self.browsed: list[str] = []

    def _hub(self, asked: Asked) -> Answered:
        if asked.path.endswith("/finish"):
            return Answered(403, REFUSED)
        return Answered(200, msgspec.json.encode(SingleBegun(attempt="a1", url=self.url, issuer=ISSUER)))

    @property
    def begun(self) -> BeginSingle:
        return msgspec.json.decode(self.relay.asked[0].body, type=BeginSingle)

    def refusal(self, browse: Callable[[], object], patience: float = 20) -> str:
        """The code of the refusal that it comes to where the browser does this."""

        def opened(url: str) -> None:
            self.browsed.append(url)
            self._browser.submit(browse)

        with pytest.raises(Refusal) as told:
            sign_in_by_directory(self.relay.server, "d1", self.key, opened, stop=self.stop, patience=patience)
        return told.value.code

    def returns(self, path: str = "", **query: str) -> int:
        """The browser comes back; the status that it is answered with."""
        where = self.begun.redirect_uri + path
        asked = {"state": self.begun.state, "iss": ISSUER, "code": "c1", **query}
        return httpx.get(where, params=asked, trust_env=False, timeout=20).status_code


@pytest.fixture
def attempt(office: Office) -> Iterator[Attempt]:
    with ThreadPoolExecutor() as browser:
        yield Attempt(office.relay(), browser)


def test_a_hub_says_what_it_offers_beside_a_password(office: Office) -> None:
    assert ways_in(office.server).directory == ""


def test_what_the_browser_brought_goes_to_the_hub_with_a_proof_of_the_device(attempt: Attempt) -> None:
    assert attempt.refusal(attempt.returns) == "directory-unknown"
    assert attempt.browsed == [attempt.url]
    begun, (_, finish) = attempt.begun, attempt.relay.asked
    finished = msgspec.json.decode(finish.body, type=FinishSingle)
    assert (finished.attempt, finished.code) == ("a1", "c1")
    digest = hashlib.sha256(finished.verifier.encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == begun.challenge
    assert verify(attempt.key.public, b"a1", finished.proof, SINGLE)
    assert urlsplit(begun.redirect_uri).hostname == "127.0.0.1"


def test_only_the_answer_to_this_attempt_is_taken(attempt: Attempt) -> None:
    statuses: list[int] = []

    def meddles() -> None:
        port = urlsplit(attempt.begun.redirect_uri).port
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"nonsense\r\n\r\n")
        statuses.append(attempt.returns("/elsewhere"))
        statuses.append(attempt.returns(state="of another attempt", code="c0"))
        statuses.append(attempt.returns(code="c2"))

    assert attempt.refusal(meddles) == "directory-unknown"
    finished = msgspec.json.decode(attempt.relay.asked[-1].body, type=FinishSingle)
    assert finished.code == "c2"
    assert statuses == [404, 404, 200]


def test_an_answer_of_another_directory_or_without_a_code_signs_nobody_in(attempt: Attempt) -> None:
    assert attempt.refusal(lambda: attempt.returns(iss="https://another.example")) == "sign-in-refused"
    attempt.relay.asked.clear()

    def declines() -> None:
        asked = {"state": attempt.begun.state, "error": "access_denied"}
        httpx.get(attempt.begun.redirect_uri, params=asked, trust_env=False, timeout=20)

    assert attempt.refusal(declines) == "sign-in-refused"
    assert not any(asked.path.endswith("/finish") for asked in attempt.relay.asked)


def test_nobody_waits_for_a_browser_for_ever(attempt: Attempt) -> None:
    assert attempt.refusal(lambda: None, patience=0.1) == "sign-in-left"
    assert attempt.refusal(attempt.stop.set) == "sign-in-left"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://directory.example", "calc.exe", "", "javascript:0"]
)
def test_a_browser_is_sent_to_no_other_thing_than_a_page(attempt: Attempt, url: str) -> None:
    attempt.url = url
    assert attempt.refusal(lambda: None) == "address-wrong"
    assert attempt.browsed == []
