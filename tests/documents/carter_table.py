"""The Carter family's round table and the day's open reds, for the documents that are not summaries."""

from __future__ import annotations

from mash_desktop.documents.content import (
    Apology,
    AtTable,
    Attendee,
    Brought,
    CodeSheetContent,
    CodeSlip,
    DowntimeContent,
    Evidence,
    Letterhead,
    OpenRed,
    Option,
    Position,
    Rating,
    Recipient,
    RoundTableContent,
    Stance,
)
from tests.documents.carter import ACTIONS, DECISIONS, LETTERHEAD, PEOPLE, at

ROUND_TABLE = RoundTableContent(
    letterhead=LETTERHEAD,
    held_at=at(12, 14, 0),
    ended_at=at(12, 14, 31),
    place="MASH, Stafford, table 2, and by video",
    chair="Dawn Lowe, children’s social care",
    rating=Rating.RED,
    confidentiality="What is shared at this table is for safeguarding the people named. Each agency owns "
    "what it brought; it may be used beyond the table only with that agency’s agreement.",
    people=PEOPLE,
    present=(
        Attendee("Children’s social care", "Dawn Lowe", "facilitator"),
        Attendee("Staffordshire Police", "PC Laura Finch", "MASH researcher"),
        Attendee("Health (MPFT)", "Sunita Iqbal", "named nurse"),
        Attendee("Education", "Helen Marsh", "deputy head, by video"),
        Attendee("Probation", "Marcus Webb", "senior probation officer"),
    ),
    apologies=(
        Apology("Housing", "Colin Peake", "Tenancy summary, received 12:10"),
        Apology("Ambulance Service"),
    ),
    observers=(Attendee("Children’s social care", "Amara Bello", "student social worker"),),
    tabled=(
        AtTable(
            "mia",
            (
                Brought(
                    "Education",
                    "Bruise to left forearm seen today; bruise to upper arm on 9 October.",
                    Evidence.SEEN,
                ),
                Brought(
                    "Health (MPFT)", "Two A&E attendances in 2026 with differing accounts.", Evidence.FACT
                ),
                Brought("Children’s social care", "Child in need plan closed March 2025.", Evidence.FACT),
            ),
        ),
        AtTable("tyler", (Brought("Education", "Attends well; quieter since September.", Evidence.OPINION),)),
        AtTable(
            "dean", (Brought("Staffordshire Police", "Three verbal incidents since June.", Evidence.FACT),)
        ),
    ),
    discussion="The table asked whether the injuries could be play. Health thought the September account "
    "did not fit.\n\nPolice asked that Dean is not spoken to before the strategy discussion.",
    options=(
        Option(
            "Child in need assessment", "Family worked with services before", "Leaves Mia with Dean today"
        ),
        Option("Section 47 enquiry, joint", "Two injuries, a frightened child", "None put"),
    ),
    decisions=DECISIONS,
    stances=(
        Stance("Children’s social care", Position.AGREED),
        Stance("Staffordshire Police", Position.AGREED),
        Stance("Health (MPFT)", Position.DISSENTED, "Would include Tyler in the section 47 enquiry."),
        Stance("Probation", Position.NO_VIEW, "Nothing held on the children."),
    ),
    actions=ACTIONS,
    circulation=(Recipient("All agencies present", "Round-table record", at(12, 16, 30)),),
)

DOWNTIME = DowntimeContent(
    letterhead=Letterhead(
        hub="Staffordshire MASH",
        reference="Open reds 12 Nov 2026",
        made_at=at(12, 13, 0),
        made_by="Karen Shaw",
    ),
    reds=(
        OpenRed(
            "ISL-26-04417",
            "Carter, Mia + 1",
            "gathering",
            "health’s answer",
            at(12, 18, 20),
            "K. Shaw",
            "555 0142",
        ),
        OpenRed(
            "ISL-26-04409",
            "Bennett household (4)",
            "gathering",
            "education’s answer",
            at(12, 13, 50),
            "K. Shaw",
        ),
    ),
)

CODES = CodeSheetContent(
    letterhead=DOWNTIME.letterhead,
    url="https://isl.example.gov.uk",
    fingerprint="0123456789abcdef" * 4,
    slips=tuple(
        CodeSlip(name, account, "K7QFA-2MRDB-XXWQH-PLMNB", "19 Nov 2026, 09:00")
        for name, account in (("Tom Hartley", "tom.hartley"), ("Dee Lowe", "dee.lowe"))
    ),
)
