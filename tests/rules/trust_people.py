"""A bank with a registry, and contacts that it made, for the tests of trust."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cardline.core.ids import HolderId
from cardline.trust.model import (
    ByHolder,
    ByNumber,
    Claim,
    Official,
    OfficialKind,
    Proof,
    ProofId,
    StaffShown,
    Stranger,
)
from cardline.trust.policy import load_trust

NOW = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
"""10:30 in Shanghai."""
LONG_AGO = NOW - timedelta(days=4000)
CONFIG = load_trust(
    hotline="95500",
    text_number="10690000000",
    senders=("示例银行", "Example Bank"),
    site="https://www.bank.example",
)
POLICY = CONFIG.policy
REGISTRY = (
    *CONFIG.own,
    Official("o1", OfficialKind.NUMBER, "+862160000000", "总机", "switchboard", LONG_AGO),
    Official("o2", OfficialKind.NUMBER, "+862150000000", "旧号", "former", LONG_AGO, NOW),
    Official(
        "o3",
        OfficialKind.CAMPAIGN,
        "加油返现",
        "周末加油返现",
        "fuel",
        NOW - timedelta(days=30),
        NOW + timedelta(days=30),
    ),
    Official(
        "o4", OfficialKind.CAMPAIGN, "新春积分", "双倍积分", "points", NOW + timedelta(days=60)
    ),
)
ME = "+8615400000001"
HOLDER = HolderId("h1")
AGENT = StaffShown("6003", "王小明")
CALL = Proof(
    id=ProofId("p1"),
    key="call/c1",
    channel="call",
    to=ME,
    holder=HOLDER,
    purpose="service",
    shown="95500",
    staff=AGENT,
    code=(0, 19, 82),
    at=NOW - timedelta(minutes=40),
)
TEXT = replace(
    CALL,
    id=ProofId("p2"),
    key="sms/1",
    channel="sms",
    shown="10690000000",
    staff=None,
    code=(3, 4, 5),
    text="【示例银行】验证码******，用于登录，5分钟内有效。",
)
I_AM_HOLDER = ByHolder(HOLDER, ME)
I_AM_NUMBER = ByNumber(ME, HOLDER)
STRANGER = Stranger()
SAID = Claim(kind="call", code="苹果 老虎 火车", tail="0001")
