"""A profile from enrolment to lock, with a real keyring and a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyotp
import pytest

from mash_desktop.cache import Cache
from mash_desktop.cache.engine import connect
from mash_desktop.desk import settings
from mash_desktop.desk.lease import FACT, Lease
from mash_desktop.desk.profile import Profile, Server, Session, Status, Synchroniser
from mash_desktop.domain.acts import Draft, compose
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from mash_desktop.vault.vault import Vault
from sync import protocol
from sync.client import Unreachable
from sync.client import sign_in as wire
from sync.store.bootstrap import directory, revoke_key
from sync.store.serving import fingerprint
from tests.support.desks import PASSPHRASE
from tests.support.store import PASSWORD, ServedStore
from tests.sync.client.conftest import until

pytestmark = [
    pytest.mark.usefixtures("secret_service"),
    # Which PostgreSQL the store has is the same to a profile.
    pytest.mark.parametrize("postgres", ["embedded"], indirect=True),
]


class Person:
    """Somebody with an account and no device yet, and their folder on one computer."""

    def __init__(self, served: ServedStore, hub: str, folder: Path, *roles: tuple[str, Role]) -> None:
        self.served, self.hub, self.folder = served, hub, folder
        self.appointed = served.appoint(hub, "Priya Nair", *roles)
        self.code = self.appointed.code
        self.totp = ""
        self.opened: list[Profile] = []

    @property
    def server(self) -> Server:
        return Server(self.served.base_url, self.served.cert.read_text(), "")

    def create(self) -> Profile:
        return self._kept(Profile.create_or_open(self.folder, PASSPHRASE, self.server))

    def open(self) -> Profile:
        return self._kept(Profile.open(self.folder, PASSPHRASE))

    def _kept(self, profile: Profile) -> Profile:
        self.opened.append(profile)
        return profile

    def enrol(self, profile: Profile) -> None:
        self.totp = profile.enrol(self.code, PASSWORD, "Laptop 7").totp_uri or self.totp

    def sign_in(self, profile: Profile) -> Session:
        """With the first code of the authenticator that has not been used."""
        totp = pyotp.parse_uri(self.totp)
        assert isinstance(totp, pyotp.TOTP)
        for offset in (-1, 0, 1):
            at = int(datetime.now(UTC).timestamp()) + offset * 30
            try:
                return profile.sign_in(PASSWORD, totp.at(at))
            except Refusal as refusal:
                if refusal.code != "sign-in-refused":
                    raise
        raise AssertionError("every code was used")

    def new_code(self) -> None:
        self.code, _ = self.served.code(self.hub, self.appointed.account)

    def end(self) -> None:
        for profile in self.opened:
            profile.lock()


OPERATOR = ("scc-children", Role.TRIAGE_OPERATOR)


@pytest.fixture
def priya(served_store: ServedStore, a_hub: str, tmp_path: Path) -> Iterator[Person]:
    made = Person(served_store, a_hub, tmp_path / "priya", OPERATOR)
    yield made
    made.end()


def test_a_person_enrols_signs_in_and_finds_the_desk_again_after_unlocking(priya: Person) -> None:
    assert not Profile.exists(priya.folder)
    profile = priya.create()
    assert Profile.exists(priya.folder)
    assert profile.account is None
    assert profile.account_name == ""
    with pytest.raises(Refusal, match="has not been enrolled"):
        profile.desk()
    priya.enrol(profile)
    with pytest.raises(Refusal, match="Sign in once while online"):
        profile.desk()
    session = priya.sign_in(profile)
    desk = profile.desk()
    assert desk.me.name == "Priya Nair"
    assert desk.me.role is Role.TRIAGE_OPERATOR
    profile.lock()
    again = priya.open()
    assert again.account_name == priya.appointed.account
    assert again.desk().me == desk.me
    assert again.kept_session() == session
    with pytest.raises(Refusal, match="passphrase"):
        again.desk().prove_passphrase("not the one")
    again.desk().prove_passphrase(PASSPHRASE)


def test_a_locked_profile_has_no_key_and_answers_nothing(priya: Person) -> None:
    profile = priya.create()
    cache, vault = profile.cache, profile._vault
    profile.lock()
    with pytest.raises(Refusal) as told:
        vault.cache_key.hex()
    assert told.value.code == "vault-locked"
    with pytest.raises(Refusal) as told:
        cache.fact("account")
    assert told.value.code == "profile-locked"
    profile.lock()


def test_the_key_is_overwritten_even_where_the_cache_does_not_close(
    priya: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = priya.create()

    def broken(cache: Cache) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Cache, "close", broken)
        with pytest.raises(OSError, match="the disk is gone"):
            profile.lock()
    with pytest.raises(Refusal) as told:
        profile._vault.cache_key.hex()
    assert told.value.code == "vault-locked"
    profile.cache.close()


def test_a_cache_that_cannot_be_read_leaves_the_vault_locked_and_the_folder_free(priya: Person) -> None:
    priya.create().lock()
    content = bytearray((priya.folder / "cache.db").read_bytes())
    content[100:200] = bytes(100)
    (priya.folder / "cache.db").write_bytes(content)
    with pytest.raises(Refusal) as told:
        Profile.open(priya.folder, PASSPHRASE)
    assert told.value.code == "cache-lost"
    # A new one is in its place, for a new code.
    again = priya.open()
    assert again.account is None


def bring_all(network: Synchroniser) -> None:
    network.start()
    try:
        until(lambda: network.status.online and not network.status.first_sync, "the first sync")
    finally:
        network.stop()


def test_a_damaged_profile_keeps_its_person_and_what_they_had_not_sent(priya: Person) -> None:
    profile = priya.create()
    priya.enrol(profile)
    session = priya.sign_in(profile)
    desk = profile.desk()
    bring_all(profile.synchroniser(desk, session, lambda status: None))
    draft = Draft("referral:1", NoteAdded(words="Rang back."))
    desk.cache.save(compose(desk.me.hub, desk.me.author, [draft], desk._signing_key, desk.now()))
    streams = desk.cache.streams("")
    profile.lock()
    path = priya.folder / "cache.db"
    key = Vault.open(priya.folder, PASSPHRASE).cache_key
    driver = connect(path, key.hex)
    ((root,),) = driver.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'entries_by_stream'"
    ).fetchall()
    driver.close()
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 + 100] ^= 1
    path.write_bytes(content)
    damaged = priya.open()
    with pytest.raises(Refusal) as told:
        damaged.desk().cache.streams("")
    assert told.value.code == "cache-unreadable"
    damaged.lock()
    with pytest.raises(Refusal) as told:
        Profile.open(priya.folder, PASSPHRASE)
    assert told.value.code == "cache-mended"
    assert "1 thing not yet sent" in told.value.sentence
    mended = priya.open()
    assert mended.account_name == priya.appointed.account
    desk = mended.desk()
    (waits,) = desk.cache.waiting()
    assert [entry.body for entry in waits.entries] == [NoteAdded(words="Rang back.")]
    kept = mended.kept_session()
    assert kept is not None
    network = mended.synchroniser(desk, kept, lambda status: None)
    bring_all(network)
    assert network.status.distrust == ""
    assert set(streams) <= {*desk.cache.streams(""), "referral:1"}


def test_a_profile_is_open_in_one_window_at_a_time(priya: Person) -> None:
    profile = priya.create()
    with pytest.raises(Refusal) as told:
        Profile.open(priya.folder, PASSPHRASE)
    assert told.value.code == "profile-in-use"
    assert profile.account is None
    profile.lock()
    priya.open()


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"url": 3}'])
def test_a_folder_that_has_lost_its_way_is_told_in_one_sentence(priya: Person, content: bytes | None) -> None:
    priya.create().lock()
    if content is None:
        (priya.folder / "server.json").unlink()
    else:
        (priya.folder / "server.json").write_bytes(content)
    with pytest.raises(Refusal) as told:
        Profile.open(priya.folder, PASSPHRASE)
    assert told.value.code == "profile-damaged"


def test_an_enrolment_broken_off_before_the_vault_was_made_begins_again(priya: Person) -> None:
    with pytest.raises(Refusal):
        Profile.create(priya.folder, "short", priya.server)
    assert not Profile.exists(priya.folder)
    priya.enrol(priya.create())


def test_an_answer_lost_on_the_way_costs_only_a_new_code(
    priya: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = priya.create()
    real = wire.ask

    async def lost(*asked: Any) -> protocol.Enrolled:
        await real(*asked)
        raise Unreachable("the line broke")

    with monkeypatch.context() as patch:
        patch.setattr(wire, "ask", lost)
        with pytest.raises(Unreachable):
            priya.enrol(profile)
    profile.lock()
    profile = priya.create()
    priya.new_code()
    priya.enrol(profile)
    priya.sign_in(profile)
    keys = profile_keys(priya)
    assert len(keys) == 1


def profile_keys(person: Person) -> list[str]:
    held = directory(person.served.direct, person.hub)
    return [key.id for key in held.keys.values() if key.person == person.appointed.person]


def test_an_enrolment_offers_the_same_key_until_it_is_answered(priya: Person) -> None:
    profile = priya.create()
    priya.code = "AAAAA-AAAAA-AAAAA-AAAAA"
    for _ in range(2):
        with pytest.raises(Refusal):
            priya.enrol(profile)
    first = profile.cache.fact("enrolling")
    assert first is not None
    priya.new_code()
    priya.enrol(profile)
    account = profile.account
    assert account is not None
    seed = msgspec.convert(json.loads(first)["seed"], bytes)
    assert account.key == SigningKey.from_bytes(seed).key_id
    assert profile.cache.fact("enrolling") is None


def test_a_session_is_kept_until_its_time_by_the_hubs_clock(priya: Person) -> None:
    profile = priya.create()
    assert profile.kept_session() is None
    priya.enrol(profile)
    session = priya.sign_in(profile)
    assert profile.kept_session() == session
    ahead = session.expires_at - datetime.now(UTC)
    # This computer's clock runs behind: by the hub's the session is over.
    profile.cache.put_fact("clock-offset", msgspec.json.encode(ahead + timedelta(seconds=1)))
    assert profile.kept_session() is None


def test_the_measured_clock_goes_into_every_act_also_after_unlocking_offline(priya: Person) -> None:
    profile = priya.create()
    priya.enrol(profile)
    priya.sign_in(profile)
    profile.cache.put_fact("clock-offset", msgspec.json.encode(timedelta(seconds=90)))
    profile.lock()
    assert priya.open().desk().clock_offset_ms == 90_000


def test_an_act_made_before_the_line_is_up_names_the_head_seen_last(priya: Person) -> None:
    profile = priya.create()
    priya.enrol(profile)
    session = priya.sign_in(profile)
    desk = profile.desk()
    said: list[Status] = []
    network = profile.synchroniser(desk, session, said.append)
    network.start()
    until(lambda: network.status.online, "online")
    network.stop()
    assert desk.seen is not None
    profile.lock()
    assert priya.open().desk().seen == desk.seen


def test_new_recovery_codes_come_over_the_line_to_who_proves_the_present_ones(priya: Person) -> None:
    profile = priya.create()
    made = profile.enrol(priya.code, PASSWORD, "Laptop 7")
    priya.totp = made.totp_uri or ""
    session = priya.sign_in(profile)
    desk = profile.desk()
    network = profile.synchroniser(desk, session, lambda status: None)
    network.start()
    until(lambda: network.status.online, "online")
    new = settings.renew_codes(desk, PASSWORD, made.recovery_codes[0], False).result(30)
    assert len(new.recovery_codes) == len(made.recovery_codes)
    with pytest.raises(Refusal, match="not right"):
        settings.renew_codes(desk, PASSWORD, made.recovery_codes[1], False).result(30)
    network.stop()


def test_whoever_holds_no_role_is_told_so_at_sign_in(
    served_store: ServedStore, a_hub: str, tmp_path: Path
) -> None:
    nobody = Person(served_store, a_hub, tmp_path / "nobody")
    try:
        profile = nobody.create()
        nobody.enrol(profile)
        with pytest.raises(Refusal) as told:
            nobody.sign_in(profile)
        assert told.value.code == "role-missing"
    finally:
        nobody.end()


def test_a_revoked_device_sets_work_aside_and_the_same_person_enrolled_again_does_it_again(
    priya: Person,
) -> None:
    profile = priya.create()
    priya.enrol(profile)
    session = priya.sign_in(profile)
    desk = profile.desk()
    account = profile.account
    assert account is not None
    said: list[Status] = []
    network = profile.synchroniser(desk, session, said.append)
    network.start()
    until(lambda: network.status.online, "online")
    contact = "referral:01900000-0000-7000-8000-000000000001"
    network.stop()
    desk.act(contact, NoteAdded(words="Not sent yet."))
    revoke_key(priya.served.direct, priya.hub, account.key, "The laptop was lost.")
    network = profile.synchroniser(desk, session, said.append)
    network.start()
    until(lambda: bool(network.status.signed_out), "signed out")
    network.stop()
    assert [one.state for one in profile.cache.waiting()] == ["quarantined"]
    assert profile.kept_session() is None
    with pytest.raises(Refusal) as told:
        priya.sign_in(profile)
    assert told.value.code == "device-revoked"

    priya.new_code()
    priya.enrol(profile)
    again = profile.account
    assert again is not None
    assert again.key != account.key
    assert again.device != account.device
    # The program ends between the two.
    profile.lock()
    profile = priya.open()
    priya.sign_in(profile)
    (waiting,) = profile.cache.waiting()
    # It is sent once more under its old key, in case that it had come before: the hub tells.
    assert waiting.state == "waiting"
    assert waiting.entries[0].body == NoteAdded(words="Not sent yet.")
    assert profile.desk().me.author.key == again.key


def test_what_was_set_aside_goes_with_the_next_sign_in_though_the_key_is_the_same(priya: Person) -> None:
    """The revocation was lost with a store that was restored."""
    profile = priya.create()
    priya.enrol(profile)
    priya.sign_in(profile)
    desk = profile.desk()
    note = Draft("referral:01900000-0000-7000-8000-000000000001", NoteAdded(words="Not sent yet."))
    desk.keep(desk.sealed([note], desk.me.author, desk.now()))
    profile.cache.quarantine(desk.me.person)
    profile.lock()
    profile = priya.open()
    priya.sign_in(profile)
    assert [one.state for one in profile.cache.waiting()] == ["waiting"]


def test_a_full_disk_keeps_nobody_from_being_told_how_the_line_stands(
    priya: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = priya.create()
    priya.enrol(profile)
    session = priya.sign_in(profile)
    desk = profile.desk()

    def full(*_: object) -> None:
        raise Refusal("disk-full", "The disk of this computer is full.")

    monkeypatch.setattr(Lease, "renew", full)
    said: list[Status] = []
    network = profile.synchroniser(desk, session, said.append)
    network.start()
    until(lambda: any(status.online for status in said), "online")
    monkeypatch.setattr(Cache, "put_facts", full)
    with priya.served.client(session.token) as client:
        client.post("/v1/sign-out")
    until(lambda: bool(said[-1].signed_out), "signed out")
    network.stop()
    assert not any(status.trouble for status in said)


def runs_out(profile: Profile) -> None:
    """Its time without the hub has been over since a moment ago."""
    kept = msgspec.json.decode(profile.cache.fact(FACT) or b"")
    over = datetime.now(UTC) - timedelta(seconds=1)
    profile.cache.put_fact(FACT, msgspec.json.encode({**kept, "until": over}))


def test_a_profile_whose_time_is_over_still_sends_what_waits_and_is_read_again_then(priya: Person) -> None:
    profile = priya.create()
    priya.enrol(profile)
    session = priya.sign_in(profile)
    desk = profile.desk()
    network = profile.synchroniser(desk, session, lambda status: None)
    network.start()
    until(lambda: network.status.online, "online")
    network.stop()
    desk.act("referral:01900000-0000-7000-8000-000000000002", NoteAdded(words="Made without the hub."))
    runs_out(profile)
    profile.lock()
    profile = priya.open()
    over = profile.lease.over()
    assert over is not None
    assert over.code == "lease-over"
    assert profile.cache.waiting_counts() == {"waiting": 1}
    network = profile.synchroniser(profile.desk(), session, lambda status: None)
    network.start()
    until(lambda: network.status.online, "online")
    network.stop()
    assert "waiting" not in profile.cache.waiting_counts(), "the hub has answered it"
    assert profile.lease.over() is None


def test_a_device_revoked_while_offline_is_read_for_its_time_and_turned_out_when_it_returns(
    priya: Person,
) -> None:
    profile = priya.create()
    priya.enrol(profile)
    session = priya.sign_in(profile)
    account = profile.account
    assert account is not None
    revoke_key(priya.served.direct, priya.hub, account.key, "The laptop was lost.")
    assert profile.lease.over() is None, "nobody has told it"
    until_then = profile.lease.until
    runs_out(profile)
    profile.lock()
    profile = priya.open()
    assert profile.lease.over() is not None
    network = profile.synchroniser(profile.desk(), session, lambda status: None)
    network.start()
    until(lambda: bool(network.status.signed_out), "signed out")
    network.stop()
    assert network.status.barred == "device-revoked"
    assert profile.lease.over() is not None, "an answer that turns somebody out gives no time"
    assert profile.lease.until < until_then
    barred = profile.barred()
    assert barred is not None
    assert barred.device


def test_a_profile_is_one_persons(priya: Person, tmp_path: Path) -> None:
    profile = priya.create()
    priya.enrol(profile)
    priya.sign_in(profile)
    mine = profile.account
    other = Person(priya.served, priya.hub, tmp_path / "other", OPERATOR)
    with pytest.raises(Refusal) as told:
        profile.enrol(other.code, PASSWORD, "Laptop 7")
    assert told.value.code == "profile-of-another"
    assert "Priya Nair" in told.value.sentence
    assert profile.account == mine
    assert profile.cache.fact("enrolling") is None


def test_the_hub_is_known_by_the_fingerprint_that_was_given(priya: Person) -> None:
    given = fingerprint(priya.served.cert)
    spaced = " ".join(given[at : at + 4] for at in range(0, len(given), 4)).upper()
    server = Server.pinned(priya.served.base_url + "/", spaced)
    assert server.url == priya.served.base_url
    profile = Profile.create(priya.folder, PASSPHRASE, server)
    priya.opened.append(profile)
    priya.enrol(profile)


def test_a_vault_that_is_there_already_is_not_made_anew(priya: Person) -> None:
    priya.create().lock()
    with pytest.raises(Refusal) as told:
        Profile.create(priya.folder, PASSPHRASE, priya.server)
    assert told.value.code == "vault-exists"
    Vault.open(priya.folder, PASSPHRASE).lock()
