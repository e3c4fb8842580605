"""Identity and messages on a real database, with the verbs that the tests need."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cardline.adapters.postgres.database import Database
from cardline.adapters.sms.outbox import OutboxSms
from cardline.core.actor import Actor
from cardline.core.masking import Secret
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.core.transaction import Transaction
from cardline.evidence.actions import read_links
from cardline.identity import actions as identity
from cardline.identity.config import IdentityConfig
from cardline.identity.hashing import Vault
from cardline.identity.model import Checked, CodePurpose, Proofs, Subject
from cardline.messages.actions import dispatch, outbox_view
from cardline.messages.catalogue import load_catalogue
from cardline.messages.model import Dispatched, SmsConfig
from cardline.messages.sealing import TextSeal
from cardline.outreach.policy import contact_policy
from cardline.ports.messages import Sms
from tests.rules.identity_people import NOW, PHONE, POLICY, SUBJECT

CALLER = Actor("caller")
PASSWORD = Secret("739154")


def config() -> IdentityConfig:
    sms = SmsConfig(
        catalogue=load_catalogue(),
        policy=contact_policy(load_area("outreach")),
        seal=TextSeal(b"s" * 32),
        sender={"zh": "示例银行", "en": "Example Bank"},
        hotline="95500",
        inbound="10690000000",
    )
    return IdentityConfig(POLICY, Vault(b"p" * 32), sms)


@dataclass
class Desk:
    """One caller, one interaction, and the time, which only tests move on."""

    database: Database
    now: datetime = NOW
    stream: str = "i1"
    caller: PhoneNumber | None = PHONE
    config: IdentityConfig = field(default_factory=config)

    def clock(self) -> datetime:
        return self.now

    def later(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    async def password(self, tried: str, subject: Subject | None = SUBJECT) -> Checked:
        async with self.database.transaction() as tx:
            return await identity.check_query_password(
                tx,
                subject=subject,
                password=Secret(tried),
                caller=self.caller,
                config=self.config,
                stream=self.stream,
                by=CALLER,
                at=self.now,
            )

    async def has_password(self, password: Secret = PASSWORD) -> None:
        async with self.database.transaction() as tx:
            await identity.bring_query_password(
                tx,
                holder=SUBJECT.id,
                password=password,
                config=self.config,
                stream="import",
                by=CALLER,
                at=self.now - timedelta(days=300),
            )

    async def awaits(self, purpose: CodePurpose) -> bool:
        """Say whether a code of this purpose can be used."""
        async with self.database.transaction() as tx:
            return await identity.awaits_code(tx, subject=SUBJECT, purpose=purpose, at=self.now)

    async def issue(self, purpose: CodePurpose = CodePurpose.IDENTIFY) -> tuple[str, ...]:
        async with self.database.transaction() as tx:
            verdict = await identity.issue_one_time_code(
                tx,
                subject=SUBJECT,
                purpose=purpose,
                config=self.config,
                stream=self.stream,
                by=CALLER,
                at=self.now,
            )
        return verdict.codes

    async def code(
        self,
        tried: str,
        subject: Subject | None = SUBJECT,
        *,
        purpose: CodePurpose = CodePurpose.IDENTIFY,
        network: str = "",
    ) -> Checked:
        async with self.database.transaction() as tx:
            return await identity.check_one_time_code(
                tx,
                network=network,
                subject=subject,
                purpose=purpose,
                code=Secret(tried),
                caller=self.caller,
                config=self.config,
                stream=self.stream,
                by=CALLER,
                at=self.now,
            )

    async def tails(
        self, card: str, document: str, *candidates: Subject, freezing: bool = False
    ) -> Checked:
        async with self.database.transaction() as tx:
            return await identity.check_tails(
                tx,
                candidates=candidates,
                card_tail=card,
                id_tail=document,
                freezing=freezing,
                caller=self.caller,
                config=self.config,
                stream=self.stream,
                by=CALLER,
                at=self.now,
            )

    async def hold(self, proofs: Proofs, subject: Subject = SUBJECT) -> tuple[str, ...]:
        async with self.database.transaction() as tx:
            verdict = await identity.reserve_hold(
                tx,
                subject=subject,
                proofs=proofs,
                caller=self.caller,
                config=self.config,
                stream=self.stream,
                by=CALLER,
                at=self.now,
            )
        return verdict.codes

    async def send(self, sms: Sms | None = None) -> Dispatched:
        return await dispatch(
            self.database,
            sms or OutboxSms(self.database, clock=self.clock),
            config=self.config.sms,
            clock=self.clock,
        )

    async def outbox(self) -> list[dict[str, object]]:
        async with self.database.transaction() as tx:
            return await outbox_view(tx)

    async def last_text(self) -> str:
        await self.send()
        return str((await self.outbox())[-1]["text"])

    async def last_digits(self, count: int) -> str:
        found = re.findall(rf"(?<!\d)\d{{{count}}}(?!\d)", await self.last_text())
        assert found
        return str(found[0])

    async def journal(self, stream: str | None = None) -> list[tuple[str, object]]:
        async with self.database.transaction() as tx:
            links = await read_links(tx, stream or self.stream)
        return [(link.entry.kind, link.entry.body) for link in links]


def other_subject(number: int) -> Subject:
    return replace(SUBJECT, id=f"other{number}", id_tail=f"{5000 + number}")  # type: ignore[arg-type]


async def everything_stored(tx: Transaction) -> str:
    """All rows of all tables as text, to search for what must not be there."""
    cursor = await tx.connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    found = []
    for (table,) in await cursor.fetchall():
        rows = await tx.connection.execute(f'SELECT row_to_json(t)::text FROM "{table}" AS t')
        found += [row[0] for row in await rows.fetchall()]
    return "\n".join(found)
