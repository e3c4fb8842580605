"""Letters and e-mail on a real database, with the verbs that the tests need."""

import email
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from typing import Any, cast

from cardline.adapters.files.disk import DiskShelf
from cardline.adapters.postgres.database import Database
from cardline.adapters.typst.setter import TypstSetter
from cardline.core.policy import load_area
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import RuleVersion
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import read_links
from cardline.messages.file_model import FilePolicy
from cardline.messages.files import Files
from cardline.messages.letters.actions import send_letter
from cardline.messages.letters.catalogue import load_letters, load_words
from cardline.messages.letters.config import LetterConfig
from cardline.messages.letters.model import Addressee, QueuedLetter
from cardline.messages.letters.printing import dispatch as print_letters
from cardline.messages.mail.actions import dispatch as send_mails
from cardline.messages.mail.actions import send_mail
from cardline.messages.mail.catalogue import load_mail_words, load_mails
from cardline.messages.mail.config import MailConfig
from cardline.messages.model import Dispatched, Queued
from cardline.messages.outcomes import MessageOutcome, Outcomes
from cardline.messages.sealing import TextSeal
from cardline.outreach.policy import contact_policy
from cardline.ports.messages import Mail
from tests.rules.identity_people import NOW, SUBJECT

LEAD = Staff("6001", "李主管", "lead", None, None)
AGENT = Staff("6002", "王坐席", "agent", None, None)
HOME = Addressee("张伟", ("100033", "北京市西城区", "金融大街17号院3号楼1201室"))
ACKNOWLEDGED = {"reference": "C-2026-000417", "received": NOW - timedelta(hours=2)}
POLICY = contact_policy(load_area("outreach"))


class Printer:
    """A printer that does what the test says, remembering what it was given."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.given: list[tuple[bytes, list[bytes], dict[str, Any], str]] = []

    async def send(
        self, *, pdf: bytes, enclosures: list[bytes], manifest: dict[str, Any], key: str
    ) -> str:
        self.given.append((pdf, enclosures, manifest, key))
        if self.faults:
            raise self.faults.pop(0)
        return "job-1"


class Relay:
    """A mail relay that does what the test says, remembering what it was given."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.given: list[tuple[str, str, EmailMessage, str]] = []

    async def send(self, *, envelope: str, to: str, message: bytes, key: str) -> str:
        read = email.message_from_bytes(message, policy=default_policy)
        self.given.append((envelope, to, cast(EmailMessage, read), key))
        if self.faults:
            raise self.faults.pop(0)
        return "250 taken"


@dataclass
class Room:
    """The post room, and the time, which only tests move on."""

    database: Database
    home: Path
    now: datetime = NOW
    told: list[MessageOutcome] = field(default_factory=list)
    typesetter: TypstSetter = field(default_factory=TypstSetter)

    def __post_init__(self) -> None:
        outcomes = Outcomes()
        outcomes.add(self._hear)
        self.outcomes = outcomes
        self.files = Files(
            DiskShelf(self.home / "files"), FilePolicy(RuleVersion("files/test"), 10**7, 10**7)
        )
        self.letters = LetterConfig(
            forms=load_letters(),
            words=load_words(),
            policy=POLICY,
            outcomes=outcomes,
            files=self.files,
            sender={"zh": "示例银行信用卡中心", "en": "Example Bank Card Centre"},
            hotline="95500",
            back_to={"zh": "北京市西城区金融大街0号 100000", "en": "0 Financial Street, Beijing"},
            base_url="https://card.bank.example",
            answer_within=timedelta(days=2),
        )

        self.mail = MailConfig(
            forms=load_mails(),
            words=load_mail_words(),
            policy=POLICY,
            seal=TextSeal(b"s" * 32),
            outcomes=outcomes,
            files=self.files,
            sender={"zh": "示例银行信用卡中心", "en": "Example Bank Card Centre"},
            address="service@card.bank.example",
            complaints="complaints@card.bank.example",
            hotline="95500",
            base_url="https://card.bank.example",
            answer_within=timedelta(days=2),
        )

    async def _hear(self, tx: Transaction, outcome: MessageOutcome) -> bool:
        self.told.append(outcome)
        return False

    @property
    def fates(self) -> list[str]:
        return [one.fate for one in self.told]

    def clock(self) -> datetime:
        return self.now

    def later(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    async def letter(
        self, key: str = "k1", template: str = "complaint_acknowledged", **more: Any
    ) -> QueuedLetter:
        given = {"values": ACKNOWLEDGED, "holder": SUBJECT.id, "to": HOME, "language": "zh"} | more
        async with self.database.transaction() as tx:
            return await send_letter(
                tx,
                config=self.letters,
                key=key,
                template=template,
                stream="complaint:c1",
                at=self.now,
                **given,
            )

    async def prints(self, printer: Printer) -> Dispatched:
        return await print_letters(
            self.database, printer, self.typesetter, config=self.letters, clock=self.clock
        )

    async def write(
        self, key: str = "k1", template: str = "complaint_acknowledged", **more: Any
    ) -> Queued:
        given = {
            "values": ACKNOWLEDGED,
            "holder": SUBJECT.id,
            "to": "zhang@example.com",
            "language": "zh",
        } | more
        async with self.database.transaction() as tx:
            return await send_mail(
                tx,
                config=self.mail,
                key=key,
                template=template,
                stream="complaint:c1",
                at=self.now,
                **given,
            )

    async def sends(self, relay: Mail) -> Dispatched:
        return await send_mails(self.database, relay, config=self.mail, clock=self.clock)

    async def kinds(self, stream: str = "complaint:c1") -> list[str]:
        async with self.database.transaction() as tx:
            return [link.entry.kind for link in await read_links(tx, stream)]

    async def ask(self, statement: str, *values: object) -> Sequence[Any]:
        async with self.database.transaction() as tx:
            cursor = await tx.connection.execute(statement, values)  # type: ignore[call-overload]
            return list(await cursor.fetchall())

    async def proofs(self) -> list[JsonObject]:
        rows = await self.ask(
            "SELECT channel, sent_to, shown, text, undone_at FROM trust_proof ORDER BY at, id"
        )
        names = ("channel", "to", "shown", "text", "undone_at")
        return [dict(zip(names, row, strict=True)) for row in rows]
