"""The people of the demonstration hub: invented, each with an agency, a role and a desktop of their own."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "demonstration only 2026"
PASSPHRASE = "quiet river crossing stones"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """``standings`` are AGENCY:ROLE[:TEAM] as ``mash-isl user add`` takes them."""

    account: str
    name: str
    standings: tuple[str, ...]


PEOPLE = (
    DemoPerson("priya.nair", "Priya Nair", ("scc-children:triage_operator", "scc-adults:triage_operator")),
    DemoPerson("owen.pugh", "Owen Pugh", ("scc-children:triage_operator", "scc-adults:triage_operator")),
    DemoPerson("ruth.okafor", "Ruth Okafor", ("scc-children:consultant_social_worker",)),
    DemoPerson("dan.whitmore", "Dan Whitmore", ("scc-children:social_worker",)),
    DemoPerson("tom.hartley", "Tom Hartley", ("scc-children:gateway_worker:social-work-gateway",)),
    DemoPerson("bel.osei", "Bel Osei", ("scc-children:gateway_worker:child-protection",)),
    DemoPerson("leila.farouk", "Leila Farouk", ("scc-adults:safeguarding_manager",)),
    DemoPerson("grace.mbeki", "Grace Mbeki", ("scc-adults:gateway_worker:sast",)),
    DemoPerson("karen.shaw", "Karen Shaw", ("mash:hub_manager",)),
    DemoPerson("dee.lowe", "Dee Lowe", ("mash:facilitator",)),
    DemoPerson("sam.iqbal", "Sam Iqbal", ("police:researcher",)),
    DemoPerson("joan.fletcher", "Joan Fletcher", ("police:police_supervisor",)),
    DemoPerson("mark.endon", "Mark Endon", ("police:gateway_worker:domestic-abuse",)),
    DemoPerson("iris.bennion", "Iris Bennion", ("mpft:researcher",)),
    DemoPerson("colin.astbury", "Colin Astbury", ("probation:researcher",)),
    DemoPerson("helen.tams", "Helen Tams", ("mash:information_governance",)),
    DemoPerson("neil.bloor", "Neil Bloor", ("mash:deputy_hub_manager",)),
)
ADMINISTRATOR = DemoPerson("amara.cole", "Amara Cole", ("mash:administrator",))
