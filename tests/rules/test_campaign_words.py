"""The opening that an agent reads: whole in both languages, whatever the campaign (row D3)."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from cardline.outreach.campaigns.model import Campaign, CampaignId, Kind, Mode, State
from cardline.outreach.campaigns.words import opening_to_read
from cardline.outreach.model import Channel

CAMPAIGN = Campaign(
    id=CampaignId("cp1"),
    name="to be read",
    kind=Kind.REMINDER,
    channel=Channel.CALL,
    mode=Mode.PREVIEW,
    matter="general",
    opening="read",
    script={},
    minutes=4,
    opens=time(9),
    closes=time(20),
    retries=2,
    abandonment_limit=0.03,
    hold_out=0.1,
    state=State.RUNNING,
    created_by="6010",
    created_at=datetime(2026, 11, 27, tzinfo=UTC),
)


@pytest.mark.parametrize("kind", Kind)
def test_it_says_who_why_how_long_how_often_and_how_to_stop(kind: Kind) -> None:
    words = opening_to_read(replace(CAMPAIGN, kind=kind), number="6001", name="李娜")
    assert set(words) == {"zh", "en"}
    for lines, recorded, stop in (
        (words["zh"], "录音", "按 8 键"),
        (words["en"], "recorded", "press 8"),
    ):
        assert len(lines) == 5
        told = "".join(lines)
        for said in ("6001", "李娜", "4", "3", recorded, stop):  # a first try and two more
            assert said in told, said
        assert "{" not in told


def test_kinds_differ_in_nothing_but_the_reason() -> None:
    reminder, offer = (
        opening_to_read(replace(CAMPAIGN, kind=kind), number="6001", name="李娜")["zh"]
        for kind in (Kind.REMINDER, Kind.OFFER)
    )
    assert [a == b for a, b in zip(reminder, offer, strict=True)] == [True, False, True, True, True]
