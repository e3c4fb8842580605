"""Lists are read whole, bad rows are named, and who is left alone is drawn for ever."""

import pytest

from cardline.outreach.campaigns.model import CampaignId
from cardline.outreach.campaigns.rules.lists import NoList, arm_of, read_list

FIELDS = frozenset({"amount", "due"})
HEADER = "phone,holder_id,amount,due,note\n"


def test_a_list_gives_rows_with_what_the_kind_needs_and_no_more() -> None:
    rows, bad = read_list(
        HEADER + "13800138000,,1200.00,2026-12-05,vip\n,h7,80.00,2026-12-05,\n", fields=FIELDS
    )
    assert bad == []
    assert [(one.line, one.holder, one.phone) for one in rows] == [
        (2, "", "+8613800138000"),
        (3, "h7", None),
    ]
    assert rows[0].fields == {"amount": "1200.00", "due": "2026-12-05"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("hello,,1,2026-12-05,", "no telephone number"),
        (",,1,2026-12-05,", "neither holder nor number"),
        ("13800138000,,,2026-12-05,", "amount is empty"),
        ("13800138000,,1", "3 columns, 5 expected"),
        (f"13800138000,,{'9' * 61},2026-12-05,", "amount is longer than 60 characters"),
        ("13800138000,,1\x07,2026-12-05,", "amount holds characters that cannot be printed"),
    ],
)
def test_a_bad_row_is_named_with_its_line(row: str, why: str) -> None:
    rows, bad = read_list(HEADER + row + "\n13900139000,,1,2026-12-05,\n", fields=FIELDS)
    assert [(one.line, one.why) for one in bad] == [(2, why)]
    assert len(rows) == 1


def test_who_is_listed_twice_is_taken_once() -> None:
    text = HEADER + "13800138000,,1,2026-12-05,\n+8613800138000,,2,2026-12-05,\n"
    rows, bad = read_list(text, fields=FIELDS)
    assert len(rows) == 1
    assert bad[0].why == "stands in this list already"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "a column holder_id or phone"),
        ("name,amount,due\nx,1,2\n", "a column holder_id or phone"),
        ("phone,due\n13800138000,2026-12-05\n", "the columns amount"),
        ("phone,phone,amount,due\n", "a column stands twice"),
    ],
)
def test_a_text_without_its_columns_is_no_list(text: str, what: str) -> None:
    with pytest.raises(NoList, match=what):
        read_list(text, fields=FIELDS)


def test_a_byte_order_mark_and_empty_lines_do_no_harm() -> None:
    rows, bad = read_list("\ufeffphone\n\n13800138000\n\n", fields=frozenset())
    assert (len(rows), bad) == (1, [])


def test_the_hold_out_is_about_its_share_and_the_same_for_ever() -> None:
    campaign = CampaignId("cp1")
    holders = [f"h{number}" for number in range(5000)]
    arms = [arm_of(campaign, holder, hold_out=0.1) for holder in holders]
    assert 400 < arms.count("held-out") < 600
    assert arms == [arm_of(campaign, holder, hold_out=0.1) for holder in holders]
    other = [arm_of(CampaignId("cp2"), holder, hold_out=0.1) for holder in holders]
    both = sum(one == two == "held-out" for one, two in zip(arms, other, strict=True))
    assert both < 100  # not the same people in every campaign


def test_no_hold_out_leaves_nobody_out() -> None:
    assert all(arm_of(CampaignId("c"), f"h{n}", hold_out=0.0) == "contacted" for n in range(500))
