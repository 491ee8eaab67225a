"""A profile opens with its passphrase and its keyring together, and with nothing less."""

from __future__ import annotations

import base64
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import keyring
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keyring.backends.SecretService import Keyring

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault import ring, wrap
from mash_desktop.vault.delay import LONGEST_WAIT
from mash_desktop.vault.passphrase import COST, Cost
from mash_desktop.vault.vault import Vault
from tests.vault.conftest import Clock

pytestmark = pytest.mark.usefixtures("secret_service")

PASSPHRASE = "the heron stands by the weir"
ANOTHER = "two otters under the bridge"
KEPT = Path(__file__).parent / "kept"


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.RaisesExc(Refusal, check=lambda refusal: refusal.code == code)


# --- both halves, and neither alone --------------------------------------------------------------------


def test_a_profile_opens_again_with_its_passphrase_and_gives_the_same_key(profile: Path, cheap: Cost) -> None:
    made = Vault.create(profile, PASSPHRASE, cost=cheap)
    opened = Vault.open(profile, PASSPHRASE, cost=cheap)
    assert opened.cache_key.hex() == made.cache_key.hex()
    assert len(bytes.fromhex(opened.cache_key.hex())) == 32
    assert opened.profile_id == made.profile_id
    assert opened.profile == profile


def test_every_profile_has_a_key_of_its_own(tmp_path: Path, cheap: Cost) -> None:
    made = [Vault.create(tmp_path / name, PASSPHRASE, cost=cheap) for name in ("one", "two")]
    assert made[0].cache_key.hex() != made[1].cache_key.hex()
    assert made[0].profile_id != made[1].profile_id


def test_the_keyring_alone_does_not_open_it(profile: Path, cheap: Cost) -> None:
    Vault.create(profile, PASSPHRASE, cost=cheap)
    for guess in (ANOTHER, ""):
        with refused("wrong-passphrase"):
            Vault.open(profile, guess, cost=cheap)


def test_the_passphrase_alone_does_not_open_it(profile: Path, cheap: Cost) -> None:
    made = Vault.create(profile, PASSPHRASE, cost=cheap)
    keyring.set_password(ring.SERVICE, made.profile_id, bytes(32).hex())
    with refused("wrong-passphrase"):
        Vault.open(profile, PASSPHRASE, cost=cheap)


def test_the_folder_holds_neither_key_nor_secret_nor_passphrase(profile: Path, cheap: Cost) -> None:
    made = Vault.create(profile, PASSPHRASE, cost=cheap)
    with refused("wrong-passphrase"):
        Vault.open(profile, ANOTHER, cost=cheap)
    key, secret = bytes.fromhex(made.cache_key.hex()), ring.kept_secret(made.profile_id)
    spelt = [PASSPHRASE.encode(), ANOTHER.encode(), key, secret]
    spelt += [form for each in (key, secret) for form in (each.hex().encode(), base64.b64encode(each))]
    files = list(profile.iterdir())
    assert {file.name for file in files} == {"vault.json", "attempts.json"}
    for file in files:
        assert not [form for form in spelt if form in file.read_bytes()]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps others out by the folder's access list")
def test_only_its_owner_may_read_the_folder_and_its_files(profile: Path, cheap: Cost) -> None:
    Vault.create(profile, PASSPHRASE, cost=cheap)
    assert stat.S_IMODE(profile.stat().st_mode) == 0o700
    assert stat.S_IMODE((profile / wrap.FILE).stat().st_mode) == 0o600


def test_a_second_profile_is_not_made_over_the_first(profile: Path, cheap: Cost) -> None:
    Vault.create(profile, PASSPHRASE, cost=cheap)
    before = (profile / wrap.FILE).read_bytes()
    with refused("vault-exists"):
        Vault.create(profile, ANOTHER, cost=cheap)
    assert (profile / wrap.FILE).read_bytes() == before


def test_a_profile_is_not_made_under_a_short_passphrase(profile: Path, cheap: Cost) -> None:
    with refused("passphrase-too-short"):
        Vault.create(profile, "heron", cost=cheap)
    assert not profile.exists()


# --- locking -------------------------------------------------------------------------------------------


def test_locking_overwrites_the_key_where_it_lay(profile: Path, cheap: Cost) -> None:
    opened = Vault.create(profile, PASSPHRASE, cost=cheap)
    memory = opened.cache_key._key
    assert any(memory)
    opened.lock()
    opened.lock()
    assert memory == bytes(32)
    assert opened.cache_key._key is memory
    with refused("vault-locked"):
        opened.cache_key.hex()


def test_an_open_vault_does_not_show_its_key(profile: Path, cheap: Cost) -> None:
    opened = Vault.create(profile, PASSPHRASE, cost=cheap)
    assert opened.cache_key.hex() not in repr(opened) + repr(opened.cache_key)


def test_whoever_is_asked_for_the_passphrase_again_waits_for_the_keyring_until_the_profile_is_left(
    profile: Path, cheap: Cost, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Vault.create(profile, PASSPHRASE, cost=cheap)
    left: Future[None] = Future()
    Vault.change_passphrase(profile, PASSPHRASE, ANOTHER, cost=cheap, left=left)
    Vault.prove(profile, ANOTHER, left=left)
    keyring.delete_password(ring.SERVICE, made.profile_id)
    with refused("keyring-emptied"):
        Vault.prove(profile, ANOTHER, left=left)

    answers = threading.Event()

    def prompts(*_: object) -> None:
        left.set_result(None)
        answers.wait(30)

    monkeypatch.setattr(Keyring, "get_password", prompts)
    with refused("vault-locked"):
        Vault.prove(profile, ANOTHER, left=left)
    answers.set()


def test_a_key_asked_for_while_another_thread_locks_is_whole_or_refused(profile: Path, cheap: Cost) -> None:
    opened = Vault.create(profile, PASSPHRASE, cost=cheap)
    whole, seen, started = opened.cache_key.hex(), set[str](), threading.Event()

    def ask() -> None:
        try:
            while True:
                seen.add(opened.cache_key.hex())
                started.set()
        except Refusal as refusal:
            seen.add(refusal.code)

    asking = threading.Thread(target=ask)
    asking.start()
    assert started.wait(10)
    opened.lock()
    asking.join(10)
    assert seen == {whole, "vault-locked"}


# --- proving before a signature ------------------------------------------------------------------------


def test_the_passphrase_is_proved_before_a_decision_is_signed(profile: Path, cheap: Cost) -> None:
    Vault.create(profile, PASSPHRASE, cost=cheap)
    Vault.prove(profile, PASSPHRASE)
    with pytest.raises(Refusal) as refusal:
        Vault.prove(profile, ANOTHER)
    assert refusal.value.code == "wrong-passphrase"
    assert refusal.value.field == "passphrase"


# --- no oracle -----------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["salt", "wrapped_key"]), st.data())
def test_a_damaged_wrap_reads_like_a_wrong_passphrase(
    profile: Path, cheap: Cost, clock: Clock, part: str, draw: st.DataObject
) -> None:
    if not profile.exists():
        Vault.create(profile, PASSPHRASE, cost=cheap)
    whole = wrap.read(profile)

    def answer(passphrase: str) -> tuple[str, str, str | None]:
        clock.advance(LONGEST_WAIT)
        Vault.prove(profile, PASSPHRASE, clock=clock)
        wrap.write(profile, msgspec.structs.replace(whole, **{part: bytes(changed)}))
        try:
            with pytest.raises(Refusal) as refusal:
                Vault.open(profile, passphrase, cost=cheap, clock=clock)
        finally:
            wrap.write(profile, whole)
        return refusal.value.code, refusal.value.sentence, refusal.value.field

    changed = bytearray(getattr(whole, part))
    wrong = answer(ANOTHER)
    place = draw.draw(st.integers(0, len(changed) * 8 - 1))
    changed[place // 8] ^= 1 << place % 8
    assert answer(PASSPHRASE) == wrong


# --- changing the passphrase ---------------------------------------------------------------------------


def test_after_a_change_the_new_passphrase_opens_the_same_key_and_the_old_nothing(
    profile: Path, cheap: Cost
) -> None:
    key = Vault.create(profile, PASSPHRASE, cost=cheap).cache_key.hex()
    Vault.change_passphrase(profile, PASSPHRASE, ANOTHER, cost=cheap)
    with refused("wrong-passphrase"):
        Vault.open(profile, PASSPHRASE, cost=cheap)
    assert Vault.open(profile, ANOTHER, cost=cheap).cache_key.hex() == key


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (ANOTHER, "a new one that is long enough", "wrong-passphrase"),
        (PASSPHRASE, "short", "passphrase-too-short"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    profile: Path, cheap: Cost, old: str, new: str, code: str
) -> None:
    Vault.create(profile, PASSPHRASE, cost=cheap)
    before = (profile / wrap.FILE).read_bytes()
    with refused(code):
        Vault.change_passphrase(profile, old, new, cost=cheap)
    assert (profile / wrap.FILE).read_bytes() == before


@pytest.mark.parametrize(("moment", "opens"), [("before", PASSPHRASE), ("after", ANOTHER)])
def test_a_change_killed_at_the_replacing_leaves_one_passphrase_that_opens(
    profile: Path, cheap: Cost, moment: str, opens: str
) -> None:
    key = Vault.create(profile, PASSPHRASE, cost=cheap).cache_key.hex()
    killed = subprocess.run([sys.executable, "-c", CHANGE_AND_DIE, moment, str(profile), PASSPHRASE, ANOTHER])
    assert killed.returncode == -signal.SIGKILL
    assert (profile / "vault.json.new").exists() is (moment == "before")
    assert Vault.open(profile, opens, cost=cheap).cache_key.hex() == key
    Vault.change_passphrase(profile, opens, "a third one, also long enough", cost=cheap)
    assert Vault.open(profile, "a third one, also long enough", cost=cheap).cache_key.hex() == key
    assert not (profile / "vault.json.new").exists()


# The process really dies, at the one system call that matters.
CHANGE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from mash_desktop.vault.passphrase import Cost
from mash_desktop.vault.vault import Vault

moment, profile, old, new = sys.argv[1:]
replace = os.replace

def replace_and_die(source, target):
    if target.name == "vault.json":
        if moment == "after":
            replace(source, target)
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)

os.replace = replace_and_die
Vault.change_passphrase(Path(profile), old, new, cost=Cost(1, 8, 1))
"""


# --- the cost of a guess -------------------------------------------------------------------------------


def test_a_kept_profile_of_version_1_opens_and_its_cost_is_raised(profile: Path) -> None:
    """The kept wrap was made with other tools: argon2's reference, HMAC by hand, the openssl command."""
    answers = json.loads((KEPT / "answers-1.json").read_text(encoding="utf-8"))
    profile.mkdir()
    (profile / wrap.FILE).write_bytes((KEPT / "vault-1.json").read_bytes())
    old = wrap.read(profile)
    keyring.set_password(ring.SERVICE, old.profile, answers["keyring_secret"])

    dearer = Cost(passes=2, memory_kib=128, lanes=1)
    assert Vault.open(profile, answers["passphrase"], cost=dearer).cache_key.hex() == answers["cache_key"]
    raised = wrap.read(profile)
    assert raised.cost == Cost(passes=2, memory_kib=128, lanes=2)
    assert raised.salt != old.salt
    assert raised.profile == old.profile

    assert Vault.open(profile, answers["passphrase"], cost=dearer).cache_key.hex() == answers["cache_key"]
    assert wrap.read(profile) == raised


def test_a_lower_policy_never_makes_a_guess_cheaper(profile: Path, cheap: Cost) -> None:
    dear = Cost(passes=2, memory_kib=64, lanes=1)
    Vault.create(profile, PASSPHRASE, cost=dear)
    Vault.open(profile, PASSPHRASE, cost=cheap)
    Vault.change_passphrase(profile, PASSPHRASE, ANOTHER, cost=cheap)
    assert wrap.read(profile).cost == dear


def test_a_profile_is_made_at_the_cost_of_the_policy(profile: Path) -> None:
    Vault.create(profile, PASSPHRASE)
    assert wrap.read(profile).cost == COST == Cost(passes=3, memory_kib=65536, lanes=4)


# --- wrong passphrases one after another ---------------------------------------------------------------


def test_wrong_passphrases_in_a_row_have_to_wait_and_the_right_one_too(
    profile: Path, cheap: Cost, clock: Clock
) -> None:
    Vault.create(profile, PASSPHRASE, cost=cheap)
    sentences = []
    for _ in range(3):
        with pytest.raises(Refusal) as refusal:
            Vault.open(profile, ANOTHER, cost=cheap, clock=clock)
        sentences.append(refusal.value.sentence)
    assert sentences[0].endswith("try again now.")
    assert sentences[2].endswith("try again in 5 seconds.")

    clock.advance(timedelta(seconds=4.5))
    with pytest.raises(Refusal, match=r"try again in 1 second\.") as too_soon:
        Vault.open(profile, PASSPHRASE, cost=cheap, clock=clock)
    assert too_soon.value.code == "too-soon"

    clock.advance(timedelta(seconds=0.5))
    Vault.open(profile, PASSPHRASE, cost=cheap, clock=clock)
    with pytest.raises(Refusal, match="try again now"):
        Vault.prove(profile, ANOTHER, clock=clock)


def test_signing_and_changing_count_wrong_passphrases_too(profile: Path, cheap: Cost, clock: Clock) -> None:
    Vault.create(profile, PASSPHRASE, cost=cheap)
    for _ in range(2):
        with refused("wrong-passphrase"):
            Vault.prove(profile, ANOTHER, clock=clock)
    with refused("wrong-passphrase"):
        Vault.change_passphrase(profile, ANOTHER, PASSPHRASE, cost=cheap, clock=clock)
    with refused("too-soon"):
        Vault.prove(profile, PASSPHRASE, clock=clock)
