"""An administrator adds people, ends roles, revokes devices, and changes the configuration with open eyes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.desk import Desk, administration
from mash_desktop.desk.administration import EnrolmentCode, Membership
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.configuration import Clock, HubConfig
from mash_desktop.domain.entries.hub import KeyEnrolled, MembershipGranted, PersonEnrolled
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset, preset_names
from mash_desktop.working_time import Limit
from sync.protocol import NewDevice
from tests.domain.story import staffordshire
from tests.support.desks import ADMINISTRATOR, desk_of


@pytest.fixture
def administrator(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_of(ADMINISTRATOR, tmp_path)
    yield desk
    desk.cache.close()


def slower_amber() -> HubConfig:
    """The hub with another limit for ambers."""
    config = staffordshire()
    clocks = tuple(
        msgspec.structs.replace(row, limit=Limit(2, "working_days"))
        if (row.clock, row.rag) == (Clock.DECISION, Rag.AMBER)
        else row
        for row in config.clocks
    )
    return msgspec.structs.replace(config, clocks=clocks)


def written(config: HubConfig, file: Path) -> str:
    file.write_bytes(msgspec.json.encode(config))
    return str(file)


# --- people


def test_everybody_stands_with_their_roles(administrator: Desk) -> None:
    rows = {row.person: row for row in administration.people(administrator)}
    assert rows["karen"].roles == "Hub manager, MASH"
    assert rows["tom"].roles == "Gateway worker, Social Work Gateway"
    words = ("Triage operator, Children's social care", "Triage operator, Adult social care", "Chair, MASH")
    several = msgspec.structs.replace(
        rows["tom"], memberships=tuple(Membership("", "", one, "") for one in words)
    )
    assert several.roles == "Triage operator, Children's social care and Adult social care; Chair, MASH"
    assert list(rows) == sorted(rows, key=lambda person: rows[person].name)


def test_a_person_is_added_with_a_first_role_in_one_act(administrator: Desk) -> None:
    person = administration.add_person(
        administrator, " Olu  Adeyemi ", "olu@example.gov.uk", "police", "researcher", ""
    )
    (act,) = administrator.cache.waiting()
    assert [type(entry.body) for entry in act.entries] == [PersonEnrolled, MembershipGranted]
    row = next(row for row in administration.people(administrator) if row.person == person)
    assert (row.name, row.email, row.roles, row.pending) == (
        "Olu Adeyemi",
        "olu@example.gov.uk",
        "Researcher, Police",
        True,
    )
    assert row.memberships[0].since == "12 Nov 2026"


@pytest.mark.parametrize(
    ("name", "agency", "role", "field"),
    [
        (" ", "police", "researcher", "name"),
        ("Olu Adeyemi", "", "researcher", "agency"),
        ("Olu Adeyemi", "police", "", "role"),
        ("Olu Adeyemi", "scc-children", "gateway_worker", "team"),
    ],
)
def test_an_incomplete_person_names_the_field(
    administrator: Desk, name: str, agency: str, role: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        administration.add_person(administrator, name, "", agency, role, "")
    assert refused.value.field == field
    assert administrator.cache.waiting() == ()


def test_a_role_is_given_once(administrator: Desk) -> None:
    administration.give_role(administrator, "karen", "mash", "facilitator", "")
    held = administrator.directory().roles_of("karen")
    assert {one.role for one in held} == {Role.HUB_MANAGER, Role.FACILITATOR}
    with pytest.raises(Refusal, match="role-held"):
        administration.give_role(administrator, "karen", "mash", "facilitator", "")


def test_a_deputys_or_covers_role_is_given_for_its_days(administrator: Desk) -> None:
    administration.give_role(
        administrator, "dan", "mash", "deputy_hub_manager", "", "20 Dec 2026", "2 Jan 2027"
    )
    (held,) = [one for one in administrator.directory().roles_of("dan") if one.agency == "mash"]
    assert (held.since, held.until) == (date(2026, 12, 20), date(2027, 1, 2))
    row = next(row for row in administration.people(administrator) if row.person == "dan")
    assert (row.memberships[-1].since, row.memberships[-1].until) == ("20 Dec 2026", "2 Jan 2027")


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [("soon", "", "since"), ("", "Dec 2026", "until"), ("", "11 Nov 2026", "until"),
     ("2 Jan 2027", "20 Dec 2026", "until")],
)  # fmt: skip
def test_days_that_cannot_be_are_told_at_their_field(
    administrator: Desk, since: str, until: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        administration.give_role(administrator, "dan", "mash", "deputy_hub_manager", "", since, until)
    assert refused.value.field == field
    assert administrator.cache.waiting() == ()


def test_a_role_is_ended_with_a_reason(administrator: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        administration.end_role(administrator, "karen", "mash/hub_manager", " ")
    assert refused.value.field == "reason"
    administration.end_role(administrator, "karen", "mash/hub_manager", "Moved to another council.")
    assert administrator.directory().roles_of("karen") == ()
    row = next(row for row in administration.people(administrator) if row.person == "karen")
    assert row.roles == "no role"


def test_the_last_administrator_stays(administrator: Desk) -> None:
    with pytest.raises(Refusal, match="last-administrator"):
        administration.end_role(administrator, "amara", "mash/administrator", "Leaves.")


# --- devices


def test_a_device_is_revoked_with_a_reason_and_stays_in_the_list(administrator: Desk) -> None:
    body = KeyEnrolled(key="9f" * 16, person="karen", device="0190-laptop", public="ab" * 32)
    administrator.save([Draft("hub", body)])
    (device,) = [one for one in administration.devices(administrator) if one.person == "karen"]
    assert (device.name, device.device, device.in_use) == ("Karen Shaw", "laptop", True)
    with pytest.raises(Refusal, match="field-empty"):
        administration.revoke(administrator, device.id, "")
    administration.revoke(administrator, device.id, "Left on a train.")
    (device,) = [one for one in administration.devices(administrator) if one.person == "karen"]
    assert (device.in_use, device.reason) == (False, "Left on a train.")


def test_nobody_revokes_the_device_they_sit_at(administrator: Desk) -> None:
    with pytest.raises(Refusal, match="own-device"):
        administration.revoke(administrator, administrator.me.author.key, "Testing.")


def test_a_code_for_a_device_is_asked_of_the_store(administrator: Desk) -> None:
    asked: list[NewDevice] = []

    def code(device: NewDevice) -> Future[EnrolmentCode]:
        asked.append(device)
        answer: Future[EnrolmentCode] = Future()
        answer.set_result(EnrolmentCode(code="K7QF-2M", expires_at=datetime(2026, 11, 19, tzinfo=UTC)))
        return answer

    administrator.store_code = code
    found = administration.ask_code(administrator, "karen", " karen.shaw ").result()
    assert found.code == "K7QF-2M"
    assert asked == [NewDevice(person="karen", account="karen.shaw")]


def test_without_a_line_the_command_that_makes_a_code_is_named(administrator: Desk) -> None:
    with pytest.raises(Refusal, match="offline") as refused:
        administration.ask_code(administrator, "karen", "karen.shaw")
    assert "mash-isl device enrol-code --account karen.shaw" in refused.value.sentence
    with pytest.raises(Refusal, match="account-missing"):
        administration.ask_code(administrator, "karen", " ")


def test_an_account_is_offered_in_plain_letters() -> None:
    assert administration.account_for("Zoë O'Brien-Łęcka") == "zoe.o.brien.ecka"


# --- agencies


def test_agencies_stand_with_their_dates_and_how_they_take_part(administrator: Desk) -> None:
    rows = {row.id: row for row in administration.agencies(administrator)}
    assert (rows["police"].state, rows["police"].people) == ("member", 1)
    assert (rows["sot-children"].state, rows["sot-children"].until) == ("ended", "31 Mar 2023")
    assert rows["education"].state == "virtual"
    assert "Social Work Gateway" in rows["scc-children"].teams


# --- configuration


def test_a_configuration_is_told_in_lines_that_a_person_can_read() -> None:
    said = {(line.part, line.what): line.says for line in administration.lines(staffordshire())}
    assert said["Hub", "Name"] == "Staffordshire"
    assert said["Opening hours", "Friday"] == "08:30–16:30"
    assert said["Opening hours", "Sunday"] == "closed"
    assert said["Clocks", "Entry to the hub to decision, Amber › Limit"] == "1 working day"
    assert said["Owning agencies", "Children › Agency"] == "Children's social care"


@pytest.mark.parametrize("preset", preset_names())
def test_no_two_lines_are_the_same_thing(preset: str) -> None:
    lines = administration.lines(load_preset(preset))
    assert len({(line.part, line.what) for line in lines}) == len(lines)


def test_a_changed_limit_is_the_one_difference() -> None:
    (difference,) = administration.differences(staffordshire(), slower_amber())
    assert (difference.part, difference.what) == ("Clocks", "Entry to the hub to decision, Amber › Limit")
    assert (difference.before, difference.after) == ("1 working day", "2 working days")


@given(st.sampled_from(HubConfig.__struct_fields__), st.sampled_from(preset_names()))
def test_no_difference_hides(field: str, other: str) -> None:
    mine, theirs = staffordshire(), load_preset(other)
    changed = msgspec.structs.replace(mine, **{field: getattr(theirs, field)})
    assert bool(administration.differences(mine, changed)) == (changed != mine)


def test_what_is_written_is_read_back_as_the_same(administrator: Desk, tmp_path: Path) -> None:
    file = tmp_path / "hub.json"
    assert administration.write_file(administrator, str(file)) == "hub.json"
    proposal = administration.propose(administrator, str(file))
    assert proposal.config == administrator.config()
    assert (proposal.differences, proposal.findings) == ((), ())
    assert not proposal.may_be_put_in_force


def test_a_preset_file_can_be_proposed(administrator: Desk, tmp_path: Path) -> None:
    preset = Path(__file__).parents[2] / "resources" / "hubs" / "staffordshire.toml"
    file = tmp_path / "changed.toml"
    file.write_text(preset.read_text().replace('name = "Staffordshire"\n', 'name = "Staffordshire hub"\n', 1))
    proposal = administration.propose(administrator, str(file))
    assert ("Hub", "Name") in {(one.part, one.what) for one in proposal.differences}


def test_the_numbers_of_direct_lines_are_put_in_force_by_an_act(administrator: Desk) -> None:
    (line,) = administration.direct_lines(administrator.config())
    assert (line.route, line.number) == ("direct-line", "")
    with pytest.raises(Refusal) as refused:
        administration.set_numbers(administrator, {"direct-line": "the duty team"})
    assert (refused.value.code, refused.value.field) == ("phone-shape", "direct-line")
    with pytest.raises(Refusal) as refused:
        administration.set_numbers(administrator, {"direct-line": " "})
    assert (refused.value.code, refused.value.field) == ("nothing-changed", "direct-line")
    (finding,) = administration.findings_now(administrator)
    assert finding.field == "routes.direct-line.telephone"
    before = administrator.config()
    administrator.cache.put_draft("admin/numbers", "typed")
    administration.set_numbers(administrator, {"direct-line": "(01785) 555014"}, ("admin/numbers",))
    assert administrator.cache.draft("admin/numbers") is None
    (line,) = administration.direct_lines(administrator.config())
    assert line.number == "01785 555014"
    assert administration.findings_now(administrator) == ()
    (difference,) = administration.differences(before, administrator.config())
    assert (difference.part, difference.after) == ("Routes", "01785555014")
    administration.set_numbers(administrator, {"direct-line": ""})
    assert administrator.config() == before


def test_a_changed_configuration_is_put_in_force_by_an_act(administrator: Desk, tmp_path: Path) -> None:
    file = written(slower_amber(), tmp_path / "hub.json")
    proposal = administration.propose(administrator, file)
    assert proposal.may_be_put_in_force
    administration.put_in_force(administrator, proposal)
    assert administrator.config() == slower_amber()
    (act,) = administrator.cache.waiting()
    assert [entry.kind for entry in act.entries] == ["hub.configured"]


def test_what_is_wrong_with_a_configuration_keeps_it_out(administrator: Desk, tmp_path: Path) -> None:
    wrong = msgspec.structs.replace(staffordshire(), break_glass_roles=(), id="elsewhere")
    proposal = administration.propose(administrator, written(wrong, tmp_path / "hub.json"))
    fields = [finding.field for finding in proposal.findings]
    assert fields[0] == "id"
    assert "break_glass_roles" in fields
    with pytest.raises(Refusal, match="configuration-wrong"):
        administration.put_in_force(administrator, proposal)
    assert administrator.cache.waiting() == ()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("hub.txt", b"{}", "file-kind"),
        ("hub.json", b"[1]", "configuration-unreadable"),
        ("hub.json", b"{", "configuration-unreadable"),
        ("hub.json", b"\xff\xfe", "configuration-unreadable"),
        ("hub.toml", b"id = ", "configuration-unreadable"),
        ("hub.toml", b'id = "x"', "configuration-unreadable"),
        ("hub.toml", b'include = "../../secrets"', "file-unreadable"),
        ("hub.toml", b"#" * 2_000_001, "file-large"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_with_a_sentence(
    administrator: Desk, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(Refusal, match=code) as refused:
        administration.propose(administrator, str(file))
    assert refused.value.field == "file"


def test_a_file_that_is_not_there_is_said_to_be(administrator: Desk) -> None:
    with pytest.raises(Refusal, match="file-unreadable"):
        administration.propose(administrator, "/no/such/hub.json")
    with pytest.raises(Refusal, match="file-missing"):
        administration.propose(administrator, "")
    with pytest.raises(Refusal, match="file-unwritable"):
        administration.write_file(administrator, "/no/such/hub.json")


def test_the_roles_and_teams_on_offer_are_those_there_are(administrator: Desk) -> None:
    assert "store" not in dict(administration.roles())
    assert ("srt", "Safeguarding Referral Team") in administration.teams(staffordshire(), "sot-children")
    offered = dict(administration.members(staffordshire(), datetime(2026, 11, 12, tzinfo=UTC)))
    assert "sot-children" not in offered
