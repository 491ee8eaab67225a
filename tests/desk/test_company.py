"""Who else has a referral open, as long as it is said: in memory, and gone when nothing more is heard."""

from __future__ import annotations

from mash_desktop.desk.company import Company, Other
from sync.protocol import BEAT_SECONDS, LEFT, LOOKING, SILENT_SECONDS, Presence

SAM = Presence(stream="referral:1", doing=LOOKING, person="sam", name="Sam Iqbal", agency="police")
IRIS = Presence(stream="referral:1", doing=LOOKING, person="iris", name="Iris Bennion", agency="mpft")


def test_somebody_comes_stays_as_long_as_they_say_so_and_leaves() -> None:
    now = 0.0
    company = Company(lambda: now)
    assert company.at("referral:1") == ()
    assert company.heard(SAM)
    assert company.heard(IRIS)
    assert company.at("referral:1") == (
        Other("iris", "Iris Bennion", "mpft"),
        Other("sam", "Sam Iqbal", "police"),
    )
    assert company.at("referral:2") == ()
    left = Presence(stream="referral:1", doing=LEFT, person="sam", name="Sam Iqbal", agency="police")
    assert company.heard(left)
    assert not company.heard(left), "they had left already"
    assert [one.person for one in company.at("referral:1")] == ["iris"]


def test_who_says_nothing_more_is_gone_within_seconds_and_a_beat_or_two_may_be_lost() -> None:
    now = 0.0
    company = Company(lambda: now)
    company.heard(SAM)
    for _ in range(5):
        now += 3 * BEAT_SECONDS
        assert not company.heard(SAM), "nothing has changed"
    now += SILENT_SECONDS
    assert company.at("referral:1") == ()
    assert company.heard(SAM)
