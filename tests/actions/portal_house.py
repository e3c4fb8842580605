"""The holder's pages in a house of their own: two holders, their cards, browsers, and the time."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.files.disk import DiskShelf
from cardline.adapters.postgres.database import Database
from cardline.adapters.sealer.keyring import KeyRing
from cardline.adapters.sms.outbox import OutboxSms
from cardline.app.settings import Settings
from cardline.app.wiring import complaint_config
from cardline.cards.corebank import NewCard
from cardline.cards.model import CardState, Holder, Posting, PostingId, PostingKind
from cardline.cards.service_policy import service_policy
from cardline.complaints.doors.config import door_config
from cardline.core.actor import SYSTEM
from cardline.core.ids import AccountId, CallId, CardId, HolderId, InteractionId, new_id
from cardline.core.masking import Secret
from cardline.core.money import Fen
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.core.verdict import RuleVersion
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.desk.policy import read_desk_policy
from cardline.desk.staff import actions as staff
from cardline.desk.staff.model import Staff
from cardline.evidence.policy import evidence_policy
from cardline.evidence.retention.config import RetentionConfig
from cardline.evidence.retention.rules import retention_policy
from cardline.evidence.sealing.recordings import Recordings
from cardline.identity import actions as identity
from cardline.identity.model import Proofs
from cardline.messages.actions import dispatch, outbox_view
from cardline.messages.file_model import FilePolicy
from cardline.messages.files import Files
from cardline.portal.config import PortalConfig
from cardline.portal.policy import portal_policy
from cardline.portal.texts import load_texts
from cardline.trust.scam.config import scam_config
from tests.actions.identity_desk import config as identity_config
from tests.actions.staff_desk import CONFIG as LOGIN
from tests.partial import partial_application
from tests.rules.card_book import TERMS
from tests.rules.card_book import account as book_account
from tests.rules.card_book import card as book_card
from tests.rules.scam_bench import REGISTRY

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""
MINE = Holder(HolderId("h1"), "林晓", PhoneNumber("+8615400000001"), "123X")
THEIRS = Holder(HolderId("h2"), "王强", PhoneNumber("+8615400000002"), "4567")
PASSWORD = "739154"
TEXTS = load_texts()


class SlowBank(EmbeddedCoreBank):
    """A card system that can be made to hang."""

    hangs = False

    async def set_card_state(self, *args: Any, **values: Any) -> Any:
        if self.hangs:
            import asyncio

            await asyncio.sleep(3600)
        return await super().set_card_state(*args, **values)


RETENTION = retention_policy(load_area("retention"))


@dataclass
class House:
    """A database with two holders, the application on it, and the time, which tests move on."""

    database: Database
    folder: Path
    now: datetime = NOW
    bank: SlowBank = field(default_factory=lambda: SlowBank(TERMS))

    def __post_init__(self) -> None:
        self.identity = identity_config()
        shelf = DiskShelf(self.folder / "files")
        ring = KeyRing(self.folder / "master")
        ring.new(at=NOW)
        self.recordings = Recordings(self.folder, ring)
        policy_of_files = FilePolicy(RuleVersion("test"), 1_000_000, 10_000_000)
        self.files = Files(shelf, policy_of_files, sealer=ring)
        self.retention = RetentionConfig(RETENTION, self.recordings, shelf)
        policy = portal_policy(load_area("portal"), proof_lasts=self.identity.policy.proof_lasts)
        quick = replace(policy, even_pace=timedelta(0), bank_patience=timedelta(seconds=20))
        self.portal = PortalConfig(quick, TEXTS, self.identity, self.files)
        self.scam = scam_config(registry=REGISTRY, hotline="4000000000")
        self.complaints = complaint_config(self.bank, self.identity)
        self.doors = door_config(self.complaints, self.files, files_at_once=quick.files_at_once)
        self.application = self.make_application()

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def make_application(self) -> FastAPI:
        return partial_application(
            clock=lambda: self.now,
            recordings=self.recordings,
            retention=self.retention,
            settings=Settings(home=self.folder, recordings=self.folder),
            database=self.database,
            bank=self.bank,
            identity=self.identity,
            portal=self.portal,
            login=LOGIN,
            files=self.files,
            desk=read_desk_policy(load_area("desk")),
            scam=self.scam,
            evidence=evidence_policy(load_area("evidence")),
            complaints=self.complaints,
            doors=self.doors,
            servicing=service_policy(load_area("servicing"), load_area("outreach")),
        )

    async def fill(self) -> None:
        """Let both holders in, each with an account, two cards, a year of life and a password."""
        async with self.database.transaction() as tx:
            for number, holder in enumerate((MINE, THEIRS), start=1):
                own = replace(
                    book_account(5, 18),
                    id=AccountId(f"a{number}"),
                    holder_id=holder.id,
                    opened_on=date(2026, 4, 15),
                )
                cards = [
                    replace(
                        book_card(),
                        id=CardId(f"c{number}{place}"),
                        account_id=own.id,
                        holder_id=holder.id,
                        tail=f"{number}{number}{place}{place}",
                    )
                    for place in (1, 2)
                ]
                await self.bank.add_holders(tx, holders=[holder])
                await self.bank.add_accounts(tx, accounts=[own])
                await self.bank.add_cards(
                    tx, cards=[NewCard(card, f"tk-{card.id}") for card in cards]
                )
                await self.bank.post_many(tx, postings=_life(own.id, cards[0].id))
                await identity.bring_query_password(
                    tx,
                    holder=holder.id,
                    password=Secret(PASSWORD),
                    config=self.identity,
                    stream=f"holder:{holder.id}",
                    by=SYSTEM,
                    at=self.now - timedelta(days=300),
                )
            through = date(2026, 11, 20)
            while await self.bank.close_periods(tx, through=through, at=self.now):
                pass

    async def hire(self) -> dict[str, str]:
        """Let an agent in; returns the header with the token."""
        async with self.database.transaction() as tx:
            await staff.add_staff(
                tx,
                Staff("6101", "赵敏", "agent", None, None),
                token="token",
                phone_ha1=None,
                by=SYSTEM,
                at=self.now,
            )
        return {"Authorization": "Bearer token"}

    async def call(self, holder: Holder = MINE, *, recorded: bool = True) -> str:
        """A call of a holder's, closed and recorded; returns the interaction."""
        name = InteractionId(new_id("i"))
        at = self.now - timedelta(days=2)
        async with self.database.transaction() as tx:
            await desk.open_interaction(
                tx,
                Interaction(
                    id=name,
                    door="phone",
                    call=CallId(f"call-{name}"),
                    line="n1",
                    from_number=holder.phone,
                    to_number="95500",
                    holder_id=holder.id,
                    language="zh",
                    opened_at=at,
                    answered_at=at,
                    closed_at=None,
                    outcome=None,
                    flow_version="1",
                    state={},
                    proofs=Proofs(holder.id, holder.phone),
                    continues=None,
                ),
                source="127.0.0.1",
            )
            said = {"at": at.isoformat(), "node": "balance", "said": "您的可用额度为九万元"}
            await desk.save_progress(
                tx,
                name,
                state={},
                proofs=Proofs(holder.id, holder.phone),
                language="zh",
                answered=at,
                trail=[said, {"at": at.isoformat(), "node": "main", "key": "1"}],
                at=at,
            )
            await desk.close_interaction(tx, name, outcome="hung-up", at=at + timedelta(minutes=2))
            if recorded:
                sound = b"RIFF" + holder.id.encode() + bytes(400)
                (self.folder / f"{name}.wav").write_bytes(sound)
                await desk.store_recording(
                    tx,
                    call=CallId(f"call-{name}"),
                    path=f"{name}.wav",
                    seconds=65.0,
                    size=len(sound),
                    sha256=hashlib.sha256(sound).hexdigest(),
                    gaps=[],
                    at=at,
                )
        return name

    async def texts(self, holder: Holder = MINE) -> list[str]:
        """Hand over what waits and return what the holder's phone received, oldest first."""
        await dispatch(
            self.database,
            OutboxSms(self.database, clock=lambda: self.now),
            config=self.identity.sms,
            clock=lambda: self.now,
        )
        async with self.database.transaction() as tx:
            told = await outbox_view(tx)
        return [str(one["text"]) for one in told if one["to"] in (holder.phone, _masked(holder))]

    async def ask(self, question: str, *values: object) -> list[Any]:
        async with self.database.transaction() as tx:
            cursor = await tx.connection.execute(question.encode(), values)
            return [row if len(row) > 1 else row[0] for row in await cursor.fetchall()]

    async def kinds(self) -> list[str]:
        return await self.ask("SELECT kind FROM journal ORDER BY at, stream, seq")

    async def state(self, card: str) -> CardState:
        async with self.database.transaction() as tx:
            found = await self.bank.card(tx, card_id=CardId(card))
        assert found is not None
        return found.state

    def browser(self, *, host: str = "192.0.2.1", base: str = "http://my") -> "Browser":
        transport = httpx.ASGITransport(self.application, client=(host, 50000))
        return Browser(self, httpx.AsyncClient(transport=transport, base_url=base))


class Browser:
    """A browser at the pages: it keeps cookies, fills forms in and follows redirects by hand."""

    def __init__(self, house: House, client: httpx.AsyncClient) -> None:
        self.house = house
        self.client = client

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        while answer.status_code == 303:
            answer = await self.client.get(answer.headers["location"])
        return answer

    async def send(
        self,
        path: str,
        data: dict[str, str] | None = None,
        *,
        page: str | None = None,
        files: list[tuple[str, bytes]] | None = None,
    ) -> httpx.Response:
        """Open the page of the form for its token, and send the form."""
        token = csrf_in((await self.follow(await self.get(page or path))).text)
        return await self.post(path, {"csrf": token, **(data or {})}, files=files)

    async def post(
        self, path: str, data: dict[str, str], *, files: list[tuple[str, bytes]] | None = None
    ) -> httpx.Response:
        parts = [("files", (name, content)) for name, content in files or []]
        return await self.client.post(path, data=data, files=parts or None)

    async def log_in(
        self, holder: Holder = MINE, *, back: str = "/my", proven: bool = False
    ) -> httpx.Response:
        """Ask for the code, read it on the phone, enter it; with both tails where ``proven``."""
        page = f"/my/login?back={back}"
        asked = await self.send("/my/login", {"phone": holder.phone, "back": back}, page=page)
        assert asked.status_code == 303, asked.text
        code = await self.code(holder)
        answer = await self.send("/my/login/code", {"code": code})
        assert answer.status_code == 303, answer.text
        if proven:
            assert (await self.prove(holder)).status_code == 303
        return answer

    async def code(self, holder: Holder = MINE) -> str:
        found = re.findall(r"(?<!\d)\d{6}(?!\d)", (await self.house.texts(holder))[-1])
        assert found, "no code was texted"
        return str(found[0])

    async def prove(self, holder: Holder = MINE) -> httpx.Response:
        card = "1111" if holder is MINE else "2211"
        tails = {"card_tail": card, "id_tail": holder.id_tail, "back": "/my"}
        return await self.send("/my/prove", tails)


class _Token(HTMLParser):
    token = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "input" and named.get("name") == "csrf":
            self.token = named.get("value") or ""


def csrf_in(page: str) -> str:
    reader = _Token()
    reader.feed(page)
    return reader.token


def _masked(holder: Holder) -> str:
    return f"{holder.phone[3:6]}****{holder.phone[-4:]}"


def _life(account: AccountId, card: CardId) -> list[Posting]:
    """Half a year: a purchase and a little cash each month, never paid in full."""
    made = []
    for month in range(5, 12):
        day = date(2026, month, 10)
        if day > date(2026, 11, 20):
            continue
        for kind, amount, merchant in (
            (PostingKind.PURCHASE, 123_450 + month, "永辉超市"),
            (PostingKind.PAYMENT, -20_000, ""),
        ):
            made.append(
                Posting(
                    id=PostingId(new_id("p")),
                    account_id=account,
                    card_id=card if kind is PostingKind.PURCHASE else None,
                    kind=kind,
                    amount=Fen(amount),
                    posted_on=day,
                    at=datetime(2026, month, 10, 4, tzinfo=UTC),
                    merchant=merchant,
                )
            )
    return made
