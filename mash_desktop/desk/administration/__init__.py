"""Administration: people and their roles, devices, agencies, and the hub's configuration. No case content.

``people`` adds, gives, ends and revokes; ``wording`` says a configuration in lines and what differs between
two; ``changing`` reads a changed configuration from a file and puts it in force.
"""

from sync.protocol import EnrolmentCode

from ...hub import Finding
from .changing import Proposal, findings_now, propose, put_in_force, write_file
from .people import (
    AgencyRow,
    Device,
    Membership,
    PersonRow,
    account_for,
    add_person,
    agencies,
    ask_code,
    command_for,
    devices,
    end_role,
    give_role,
    members,
    people,
    revoke,
    roles,
    teams,
)
from .wording import Difference, Line, differences, lines

__all__ = [
    "AgencyRow",
    "Device",
    "Difference",
    "EnrolmentCode",
    "Finding",
    "Line",
    "Membership",
    "PersonRow",
    "Proposal",
    "account_for",
    "add_person",
    "agencies",
    "ask_code",
    "command_for",
    "devices",
    "differences",
    "end_role",
    "findings_now",
    "give_role",
    "lines",
    "members",
    "people",
    "propose",
    "put_in_force",
    "revoke",
    "roles",
    "teams",
    "write_file",
]
