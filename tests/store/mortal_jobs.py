"""What children that are to be killed do: pay, send notices, seal the journal."""

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from cardline.adapters.files.disk import DiskShelf
from cardline.adapters.postgres.database import Database
from cardline.adapters.signing.key_files import KeyFiles
from cardline.adapters.smtp.relay import Relay, RelayMail
from cardline.app.evidence import roots
from cardline.app.outward.written import mail_config
from cardline.app.settings import Settings
from cardline.app.wiring import Parts
from cardline.cards.model import Posting
from cardline.complaints import actions
from cardline.complaints.causes import load_causes
from cardline.complaints.codes import Codes
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.sweeping import pay_ordered
from cardline.core.masking import Secret
from cardline.core.policy import load_area
from cardline.core.transaction import Transaction
from cardline.core.verdict import RuleVersion
from cardline.evidence.policy import evidence_policy
from cardline.messages.file_model import FilePolicy
from cardline.messages.files import Files
from cardline.messages.mail.actions import dispatch
from cardline.messages.outcomes import MessageOutcome, Outcomes
from tests.actions.identity_desk import config as identity_config
from tests.rules.complaint_cases import CALENDARS, CN
from tests.store.ledger_fixture import ledger


class BankElsewhere:
    """A card system with transactions of its own: what it posted stays, whatever becomes of us."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ledger = ledger()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    async def post(self, tx: Transaction, **more: Any) -> Posting:
        async with self.database.transaction() as own:
            return await self.ledger.post(own, **more)


def _complaints(bank: Any) -> ComplaintConfig:
    return ComplaintConfig(
        CN,
        CALENDARS["cn"],
        load_causes(),
        cast(Any, bank),
        identity_config().sms,
        Codes(bytes(32)),
    )


async def pay(*, url: str, now: str, elsewhere: bool) -> None:
    """Pay what was ordered, as every sweep does."""
    async with Database(url, connections=2) as database:
        bank = BankElsewhere(database) if elsewhere else ledger()
        config = _complaints(bank)
        await pay_ordered(database, config=config, clock=lambda: datetime.fromisoformat(now))


async def send(*, url: str, now: str, port: int, files: str) -> None:
    """Hand over the e-mails that are due, to a relay on this machine."""
    async with Database(url, connections=2) as database:
        outcomes = Outcomes()
        config = _complaints(ledger())

        async def hear(tx: Transaction, outcome: MessageOutcome) -> bool:
            return await actions.take_outcome(tx, outcome, config=config)

        outcomes.add(hear)
        kept = Files(DiskShelf(Path(files)), FilePolicy(RuleVersion("files/test"), 10**7, 10**7))
        mail = mail_config(Settings(), config.sms, kept, outcomes, within=config.policy.again)
        way = RelayMail(Relay("127.0.0.1", port, protection="none"), password=Secret(""))
        await dispatch(database, way, config=mail, clock=lambda: datetime.fromisoformat(now))


async def seal(*, url: str, now: str, home: str) -> None:
    """Make the root of the hour and write it into the file outside, as the server does."""
    async with Database(url, connections=2) as database:
        parts = cast(
            Parts,
            SimpleNamespace(
                settings=Settings(home=Path(home)),
                database=database,
                signer=KeyFiles(Path(home) / "keys"),
                evidence=evidence_policy(load_area("evidence")),
            ),
        )
        await roots.seal(parts, at=datetime.fromisoformat(now))
