"""Administration: people and their roles, devices, agencies, and the hub's configuration. No case content.

``people`` adds, gives, ends and revokes; ``codes`` are for many devices at once; ``wording`` says a
configuration in lines and what differs between two; ``changing`` reads a changed one from a file and puts it
in force, and sets the numbers that direct lines ring.
"""

from sync.protocol import AccountsFound, EnrolmentCode, HeldAccount

from ...hub import Finding
from .changing import (
    DirectLine,
    Proposal,
    direct_lines,
    findings_now,
    propose,
    put_in_force,
    set_numbers,
    write_file,
)
from .codes import (
    LIST,
    CodeRow,
    ask_accounts,
    chosen,
    groups,
    made,
    read_list,
    refused,
    reset,
    sheet,
)
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
    "LIST",
    "AccountsFound",
    "AgencyRow",
    "CodeRow",
    "Device",
    "Difference",
    "DirectLine",
    "EnrolmentCode",
    "Finding",
    "HeldAccount",
    "Line",
    "Membership",
    "PersonRow",
    "Proposal",
    "account_for",
    "add_person",
    "agencies",
    "ask_accounts",
    "ask_code",
    "chosen",
    "command_for",
    "devices",
    "differences",
    "direct_lines",
    "end_role",
    "findings_now",
    "give_role",
    "groups",
    "lines",
    "made",
    "members",
    "people",
    "propose",
    "put_in_force",
    "read_list",
    "refused",
    "reset",
    "revoke",
    "roles",
    "set_numbers",
    "sheet",
    "teams",
    "write_file",
]
