"""A house in which things of every kind have grown old, and some are young."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from cardline.adapters.files.disk import DiskShelf
from cardline.adapters.postgres.database import Database
from cardline.adapters.sealer.keyring import KeyRing
from cardline.core.actor import SYSTEM
from cardline.core.ids import CallId, HolderId, InteractionId
from cardline.core.policy import load_area
from cardline.core.verdict import RuleVersion
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.evidence.retention import erasing
from cardline.evidence.retention.config import RetentionConfig, Ties
from cardline.evidence.retention.erasing import Swept
from cardline.evidence.retention.rules import retention_policy
from cardline.evidence.sealing.keys import recording_key, seal
from cardline.evidence.sealing.recordings import Recordings
from cardline.identity.model import Proofs
from cardline.messages import files as file_actions
from cardline.messages.file_model import Cleaned, FilePolicy
from cardline.messages.files import Files
from tests.actions.old_post import NUMBER, written_rows

NOW = datetime(2030, 6, 1, 3, tzinfo=UTC)
OLD = NOW - timedelta(days=365 * 3 + 30)
YOUNG = NOW - timedelta(days=20)
POLICY = retention_policy(load_area("retention"))


@dataclass
class OldHouse:
    """A database, a folder, and what the tests do."""

    database: Database
    folder: Path
    now: datetime = NOW
    ties: tuple[Ties, ...] = ()
    made: int = field(default=0)

    def __post_init__(self) -> None:
        self.ring = KeyRing(self.folder / "master")
        self.ring.new(at=OLD - timedelta(days=9))
        self.recordings = Recordings(self.folder, self.ring)
        self.shelf = DiskShelf(self.folder / "files")
        policy = FilePolicy(RuleVersion("test"), 1_000_000, 1_000_000)
        self.files = Files(self.shelf, policy, sealer=self.ring)

    @property
    def config(self) -> RetentionConfig:
        return RetentionConfig(POLICY, self.recordings, self.shelf, self.ties)

    def clock(self) -> datetime:
        return self.now

    async def sweep(self, **more: Any) -> Swept:
        return await erasing.sweep(self.database, config=self.config, clock=self.clock, **more)

    async def due(self) -> Swept:
        async with self.database.transaction() as tx:
            return await erasing.due(tx, config=self.config, now=self.now)

    async def ask(self, question: str, *values: object) -> list[Any]:
        async with self.database.transaction() as tx:
            cursor = await tx.connection.execute(question.encode(), values)
            rows = await cursor.fetchall() if cursor.description else []
            return [row if len(row) > 1 else row[0] for row in rows]

    async def call(
        self,
        name: str,
        at: datetime,
        *,
        holder: str = "h1",
        sealed: bool = True,
        recorded: bool = True,
    ) -> None:
        """A call of a minute, with its recording."""
        async with self.database.transaction() as tx:
            await desk.open_interaction(
                tx,
                Interaction(
                    id=InteractionId(name),
                    door="phone",
                    call=CallId(f"call-{name}"),
                    line="line",
                    from_number=NUMBER,
                    to_number="hotline",
                    holder_id=HolderId(holder),
                    language="zh",
                    opened_at=at - timedelta(minutes=1),
                    answered_at=at - timedelta(minutes=1),
                    closed_at=None,
                    outcome=None,
                    flow_version="test",
                    state={"node": "main"},
                    proofs=Proofs(HolderId(holder), NUMBER),
                    continues=None,
                ),
                source="test",
            )
            await desk.close_interaction(tx, InteractionId(name), outcome="hung-up", at=at)
            if recorded:
                await self._record(tx, name, at, sealed=sealed)

    async def _record(self, tx: Any, name: str, at: datetime, *, sealed: bool) -> None:
        sound, path, key = f"RIFF {name}".encode() * 9, f"call-{name}.wav", None
        content = sound
        if sealed:
            name_of_key = recording_key(path)
            content, key = seal(self.ring, sound, name=name_of_key, cipher="aes-256-gcm")
        (self.folder / path).write_bytes(content)
        await desk.store_recording(
            tx,
            call=CallId(f"call-{name}"),
            path=path,
            seconds=60,
            size=len(sound),
            sha256=hashlib.sha256(sound).hexdigest(),
            gaps=[],
            key=key,
            at=at,
        )

    async def file(self, owner: str, at: datetime) -> Any:
        """A text that somebody sent in a contact."""
        async with self.database.transaction() as tx:
            return await file_actions.keep(
                tx,
                self.files,
                Cleaned(self.files.policy and _ALLOWED, "text", "账单.txt", b"what was sent"),
                scanned=True,
                owner=owner,
                stream=owner,
                by=SYSTEM,
                at=at,
            )

    async def put(self, table: str, **columns: object) -> None:
        """Insert a row."""
        names = ", ".join(columns)
        places = ", ".join(["%s"] * len(columns))
        values = [Jsonb(one) if isinstance(one, dict) else one for one in columns.values()]
        await self.ask(f"INSERT INTO {table} ({names}) VALUES ({places})", *values)

    async def rows_of_every_kind(self, name: str, at: datetime) -> None:
        """One row in every table that is swept row by row, of this age."""
        who: dict[str, object] = {"holder": "h2"}
        on = f"i-{name}"
        await self.call(on, at, holder="h2", recorded=False)
        await self.put(
            "sms_outbox",
            id=name,
            key=name,
            phone=NUMBER,
            purpose="service",
            template="x",
            language="zh",
            zone="Asia/Shanghai",
            text="您好",
            stream="s",
            **{"solicited": True, "state": "sent", "at": at, "due_at": at, **who},
        )
        await self.put(
            "sms_inbound",
            message=name,
            phone=NUMBER,
            command="freeze",
            text="冻结",
            stream="s",
            at=at,
        )
        await self.put(
            "outreach_contact",
            key=name,
            phone=NUMBER,
            purpose="service",
            channel="sms",
            **{"solicited": False, "at": at, "asked_at": at, **who},
        )
        await self.put(
            "outreach_consent",
            id=name,
            purpose="marketing",
            channel="sms",
            source="x",
            **{"since": at - timedelta(days=9), "until": at, "wording": "w", **who},
        )
        await self.put(
            "trust_proof",
            id=name,
            key=name,
            channel="sms",
            sent_to=NUMBER,
            purpose="service",
            **{"shown": "1069", "code": [1, 2, 3], "solicited": False, "at": at, **who},
        )
        await self.put(
            "campaign",
            id=name,
            name=name,
            kind="care",
            channel="sms",
            matter="general",
            opening="read",
            script={},
            minutes=3,
            opens="09:00",
            closes="20:00",
            retries=0,
            abandonment_limit=0,
            hold_out=0,
            state="done",
            created_by="x",
            created_at=at,
            ended_at=at,
        )
        await self.put(
            "campaign_entry",
            id=name,
            campaign=name,
            place=1,
            phone=NUMBER,
            language="zh",
            zone="Asia/Shanghai",
            fields={"name": "林"},
            arm="contacted",
            **{"state": "done", "due_at": at, "settled_at": at, **who},
        )
        await self.put(
            "scam_report",
            id=name,
            key=name,
            kind="message",
            sender=NUMBER,
            text="您中奖了",
            secrets_told=False,
            paid=False,
            frozen=[],
            verdict="scam",
            score=1,
            reasons=[],
            rule="r",
            opened_by="x",
            opened_at=at,
            due_at=at,
            **{"state": "confirmed", "reviewed_by": "x", "reviewed_at": at, "findings": "x", **who},
        )
        await self.put(
            "scam_warning",
            id=name,
            interaction=on,
            reasons=["x"],
            words="要转账",
            **{"goes_on": False, "author": "x", "at": at, **who},
        )
        await self.put(
            "desk_warning",
            id=name,
            interaction=on,
            number=NUMBER,
            category="abuse",
            **{"words": "骂人", "author": "x", "at": at, **who},
        )
        await self.put(
            "campaign_alert",
            id=name,
            card="c",
            tail="1234",
            amount="88.00",
            merchant="商户",
            **{"digest": b"x", "raised_at": at - timedelta(hours=1), "lapses_at": at, **who},
        )
        await self.put(
            "desk_note", **{"id": name, "author": "x", "text": "请用粤语", "at": at, **who}
        )
        await self.put(
            "desk_plan",
            id=name,
            text="先安抚",
            valid_from=at - timedelta(days=1),
            valid_to=at,
            **{"author": "x", "written_at": at, **who},
        )
        await written_rows(self, name, at)
        await self.put(
            "trust_caller_identity", interaction=on, verdict="valid", reasons=Jsonb([]), at=at
        )
        await self.put(
            "portal_session",
            id=name,
            secret_hash=hashlib.sha256(name.encode()).digest(),
            proofs={},
            opened_at=at - timedelta(hours=1),
            seen_at=at,
            idle_until=at,
            **{"ends_at": at + timedelta(minutes=1), "user_agent": "x", **who},
        )
        await self.put(
            "identity_code",
            id=name,
            purpose="log_in",
            digest=b"x",
            stream="s",
            **{"issued_at": at, "expires_at": at, **who},
        )
        await self.put(
            "identity_question",
            id=name,
            stream="s",
            kind="last_payment",
            right_key=1,
            **{"asked_at": at, "expires_at": at, **who},
        )
        await self.put(
            "identity_try",
            id=name,
            subject="holder:h2",
            factor="f",
            stream="s",
            **{"correct": False, "at": at, **who},
        )
        await self.put(
            "identity_counter",
            subject="holder:h2",
            factor="f",
            day=at.date() - timedelta(days=3),
        )
        await self.put(
            "desk_look",
            id=name,
            interaction=on,
            field="phone",
            reason="回访",
            staff="1",
            **{"role": "agent", "at": at, **who},
        )


_ALLOWED = file_actions.clean("a.txt", b"x", FilePolicy(RuleVersion("test"), 9, 9)).verdict
