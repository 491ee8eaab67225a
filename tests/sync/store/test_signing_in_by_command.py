"""Who comes in, as an administrator settles it on the store itself: directory, links, codes, leaving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync import cli
from sync.protocol import Enrol
from sync.store.sign_in.enrolment import ENROLMENT
from tests.support.provider import OpenIdProvider
from tests.support.store import PASSWORD, ServedStore

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(served_store: ServedStore, a_hub: str, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, str]:
        where = ["--database", served_store.database, "--secrets", str(served_store.secrets_file)]
        code = cli.main([*words, *where, "--hub", a_hub])
        said = capsys.readouterr()
        return code, (said.out + said.err).strip()

    return run


def refused_code(served: ServedStore, code: str) -> None:
    with pytest.raises(Refusal) as told:
        served.direct.enrolment.enrol(enrolling(code), "127.0.0.1")
    assert told.value.code == "code-refused"


def enrolling(code: str) -> Enrol:
    key = SigningKey.generate()
    proof = key.sign(code.encode(), ENROLMENT)
    return Enrol(
        code=code, device="d", device_name="Laptop", public=key.public, proof=proof, password=PASSWORD
    )


def provider(issuer: str, *more: str) -> list[str]:
    return [
        "directory", "set", "--name", "Council sign-in", "--issuer", issuer, "--client-id", "mash", *more
    ]  # fmt: skip


def test_a_hub_is_given_its_directory_once_that_has_answered(
    command: Command, openid_provider: OpenIdProvider, tmp_path: Path
) -> None:
    assert command("directory", "show") == (1, "This hub has no directory that signs people in.")
    assert command("directory", "set", "--name", "Council sign-in")[1].startswith("Give --name, --issuer")
    assert "does not answer" in command(*provider("http://127.0.0.1:9"))[1]
    assert "does not answer" in command(*provider("http://login.example.gov.uk"))[1]
    missing = str(tmp_path / "none")
    assert (
        "no client secret" in command(*provider(openid_provider.issuer, "--client-secret-file", missing))[1]
    )
    secret = tmp_path / "secret"
    secret.write_text("known to two\n")
    code, said = command(*provider(openid_provider.issuer, "--client-secret-file", str(secret)))
    assert code == 0, said
    code, said = command("directory", "show")
    assert (code, said) == (0, f"Council sign-in\t{openid_provider.issuer}\tmash")
    assert "known to two" not in said


def test_people_are_linked_with_the_directory_one_by_one_and_in_bulk(
    command: Command, served_store: ServedStore, a_hub: str, openid_provider: OpenIdProvider, tmp_path: Path
) -> None:
    sam, iris = (served_store.appoint(a_hub, n, ("police", Role.RESEARCHER)) for n in ("Sam", "Iris"))
    link = ["user", "link", "--account", sam.account, "--subject", "sam"]
    assert command(*link) == (1, "This hub has no directory that signs people in.")
    command(*provider(openid_provider.issuer))
    assert command(*link) == (0, "1 linked: the directory signs them in from now on.")
    assert command(*link)[0] == 0
    assert command("user", "link", "--account", "nobody", "--subject", "x")[1].startswith(
        "There is no account"
    )
    taken = command("user", "link", "--account", iris.account, "--subject", "sam")
    assert taken == (1, f"sam is the account {sam.account} already.")
    assert command("user", "link", "--account", iris.account)[1] == "Give --account and --subject, or --file."
    file = tmp_path / "links.csv"
    file.write_text(f"{sam.account},sam-2\n{iris.account},iris\n")
    assert command("user", "link", "--file", str(file))[1].startswith("2 linked")
    file.write_text(f"{sam.account}\n")
    assert command("user", "link", "--file", str(file)) == (1, "Line 1 is not account, subject.")
    unlink = ["user", "unlink", "--account", iris.account]
    code, said = command(*unlink)
    assert code == 0
    refused_code(served_store, iris.code)
    assert served_store.enrol(said.split("\t")[0])[0].totp_uri is not None
    assert command("user", "unlink") == (1, "Give --account.")


def test_whoever_lost_password_and_codes_is_given_a_code_to_choose_them_anew(
    command: Command, served_store: ServedStore, a_hub: str
) -> None:
    sam = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))
    code, said = command("user", "reset", "--account", sam.enrolled.account)
    assert code == 0, said
    assert sam.client.get(f"/v1/hubs/{a_hub}/head").json()["code"] == "device-revoked"
    assert served_store.enrol(said.split("\t")[0], password="another three words")[0].totp_uri is not None
    assert command("user", "reset") == (1, "Give --account.")


def test_codes_for_many_devices_are_made_together_or_not_at_all(
    command: Command, served_store: ServedStore, a_hub: str, tmp_path: Path
) -> None:
    people = [served_store.appoint(a_hub, f"Person {n}", ("police", Role.RESEARCHER)) for n in range(3)]
    file = tmp_path / "accounts.csv"
    file.write_text("".join(f"{one.account}\n" for one in people))
    code, said = command("device", "enrol-code", "--file", str(file))
    assert code == 0
    made = [line.split("\t") for line in said.splitlines()]
    assert [account for _, _, account in made] == [one.account for one in people]
    enrolled, _ = served_store.enrol(made[1][0])
    assert enrolled.account == people[1].account
    file.write_text(f"{people[0].account}\nnobody\n")
    assert command("device", "enrol-code", "--file", str(file)) == (
        1, "There is no account nobody in this hub."
    )  # fmt: skip
    assert command("device", "enrol-code")[1].startswith("Say whose device")


def test_whoever_leaves_has_no_role_and_no_device_from_the_next_request_on(
    command: Command, served_store: ServedStore, a_hub: str
) -> None:
    sam = served_store.desk(
        a_hub, "Sam Iqbal", ("police", Role.RESEARCHER), ("scc-children", Role.TRIAGE_OPERATOR)
    )
    code, _ = served_store.code(a_hub, sam.enrolled.account)
    leaving = ["user", "leave", "--account", sam.enrolled.account]
    assert command(*leaving) == (1, "Give --account and --reason.")
    assert command(*leaving, "--reason", "Moved away.") == (0, "Roles ended, devices revoked.")
    refused_code(served_store, code)
    answer = sam.client.get(f"/v1/hubs/{a_hub}/head")
    assert (answer.status_code, answer.json()["code"]) == (401, "device-revoked")
    assert command(*leaving, "--reason", "Moved away.") == (1, "Sam Iqbal has no role and no device here.")
    assert command("user", "list")[1].splitlines()[-1].endswith("\tSam Iqbal")
