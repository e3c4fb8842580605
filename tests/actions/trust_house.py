"""The house of the holder's pages, with a bank that calls and texts people and can prove it."""

from dataclasses import replace
from datetime import timedelta

from cardline.core.actor import SYSTEM
from cardline.core.ids import AgentId, CallId, InteractionId, LegId, new_id
from cardline.core.phone import PhoneNumber
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.desk.staff import actions as staff
from cardline.desk.staff.model import Staff
from cardline.identity.model import Proofs
from cardline.messages.inbound import receive_sms
from cardline.trust import actions as trust
from cardline.trust import rules
from cardline.trust.model import Proof, StaffShown
from cardline.trust.policy import load_trust
from cardline.trust.words import code_words
from tests.actions.portal_house import MINE, House

CONFIG = load_trust(
    hotline="95500",
    text_number="10690000000",
    senders=("示例银行", "Example Bank"),
    site="https://www.bank.example",
)
NOBODY = PhoneNumber("+8613812345678")


class TrustedHouse(House):
    """A house whose registry is that of its own settings."""

    def __post_init__(self) -> None:
        super().__post_init__()
        sms = replace(self.identity.sms, trust=CONFIG)
        self.identity = replace(self.identity, sms=sms)
        self.portal = replace(self.portal, identity=self.identity)
        self.application = self.make_application()

    async def calls(self, to: str = MINE.phone, *, up: bool = False) -> Proof:
        """Call somebody."""
        at = self.now - timedelta(minutes=3)
        async with self.database.transaction() as tx:
            proof = await trust.leave_proof(
                tx,
                key=f"call/{to}/{at}",
                channel="call",
                to=to,
                holder=MINE.id if to == MINE.phone else None,
                purpose="reminder",
                shown_number="95500",
                staff=StaffShown("6003", "王小明"),
                at=at,
            )
            if up:
                await trust.contact_answered(tx, key=proof.key, at=at)
        return proof

    async def rings_us(self) -> InteractionId:
        """The holder calls the hotline and talks with an agent."""
        name, at = InteractionId(new_id("i")), self.now
        agent = Staff("6101", "赵敏", "agent", AgentId("a6101"), None)
        async with self.database.transaction() as tx:
            await staff.add_staff(tx, agent, token="t", phone_ha1=None, by=SYSTEM, at=at)
            await desk.open_interaction(
                tx,
                Interaction(
                    id=name,
                    door="phone",
                    call=CallId(f"call-{name}"),
                    line="n1",
                    from_number=MINE.phone,
                    to_number="95500",
                    holder_id=MINE.id,
                    language="zh",
                    opened_at=at,
                    answered_at=at,
                    closed_at=None,
                    outcome=None,
                    flow_version="1",
                    state={},
                    proofs=Proofs(MINE.id, MINE.phone),
                    continues=None,
                ),
                source="127.0.0.1",
            )
            leg = LegId("l1")
            await desk.leg_dialled(
                tx, name, leg, agent=AgentId("a6101"), target="phone:6101", purpose="offer", at=at
            )
            await desk.leg_answered(tx, name, leg, at=at)
            await desk.save_progress(
                tx,
                name,
                state={},
                proofs=None,
                language="zh",
                answered=at,
                trail=[],
                at=at,
            )
        return name

    async def text(self, words: str, number: PhoneNumber = MINE.phone) -> str:
        """Text the bank; returns the template with which it answers."""
        self.later(seconds=5)
        async with self.database.transaction() as tx:
            received = await receive_sms(
                tx,
                message=f"m{self.now.timestamp()}",
                from_number=number,
                text=words,
                bank=self.bank,
                config=self.identity,
                at=self.now,
            )
            assert received.answer is not None
            cursor = await tx.connection.execute(
                "SELECT template FROM sms_outbox WHERE id = %s", (received.answer.id,)
            )
            row = await cursor.fetchone()
        assert row is not None
        return str(row[0])


def said(proof: Proof) -> str:
    return "、".join(rules.spoken(proof.code, code_words(), "zh"))
