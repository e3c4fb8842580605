"""A house in which evidence packs are made: a holder with calls, texts and statements, and keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from cardline.adapters.signing.key_files import KeyFiles
from cardline.adapters.typst.setter import TypstSetter
from cardline.app.evidence.packs.sources import decision_words, pack_sources
from cardline.app.settings import Settings
from cardline.app.wiring import Parts
from cardline.core.actor import SYSTEM, Actor
from cardline.core.clock import SHANGHAI
from cardline.core.policy import load_area
from cardline.evidence import roots
from cardline.evidence.packs import making
from cardline.evidence.packs.actions import take_order
from cardline.evidence.packs.making import Made, Order, PackConfig
from cardline.evidence.packs.model import Audience, Subject
from cardline.evidence.packs.paper import PaperPages
from cardline.evidence.policy import evidence_policy
from cardline.evidence.publishing import Published
from tests.actions.portal_house import MINE, TEXTS, House

BY = Actor("staff", "7004")


@dataclass
class EvidenceHouse:
    """A house with its keys."""

    house: House
    folder: Path
    config: PackConfig = field(init=False)

    def __post_init__(self) -> None:
        house = self.house
        self.signer = KeyFiles(self.folder / "keys")
        self.config = PackConfig(
            policy=evidence_policy(load_area("evidence")),
            sources=pack_sources(
                texts=TEXTS, files=house.files, recordings=house.recordings, bank=house.bank
            ),
            signer=self.signer,
            writer=PaperPages(TypstSetter(), decision_words(TEXTS), SHANGHAI),
        )

    async def new_key(self, *, lasts: timedelta = timedelta(days=400)) -> bytes:
        """Make a key; return its public half."""
        self.house.later(seconds=1)
        async with self.house.database.transaction() as tx:
            key = await roots.new_key(
                tx, signer=self.signer, lasts=lasts, by=SYSTEM, at=self.house.now
            )
        return key.public

    async def seal(self) -> None:
        self.house.later(seconds=1)
        async with self.house.database.transaction() as tx:
            await roots.make_root(tx, signer=self.signer, at=self.house.now)

    async def published(self) -> Published:
        async with self.house.database.transaction() as tx:
            keys = await roots.all_keys(tx)
            made = await roots.read_roots(tx)
        return Published({key.id: key for key in keys}, {root.number: root for root in made})

    @property
    def parts(self) -> Parts:
        """What the job that makes packs is given."""
        settings = Settings(home=self.folder, recordings=self.folder)
        return cast(
            Parts,
            SimpleNamespace(
                settings=settings,
                database=self.house.database,
                signer=self.signer,
                packs=self.config,
                evidence=self.config.policy,
            ),
        )

    def subject(
        self, *, audience: Audience = "holder", interactions: Sequence[str] | None = None
    ) -> Subject:
        alone = tuple(interactions) if interactions is not None else None
        return Subject(MINE.id, "zh", audience, 1000, alone, numbers=frozenset({MINE.phone}))

    async def order(self, subject: Subject | None = None) -> Order:
        async with self.house.database.transaction() as tx:
            return await take_order(
                tx,
                subject or self.subject(),
                by=BY,
                role="compliance",
                reason="核查",
                at=self.house.now,
            )

    async def make(self, path: Path, order: Order) -> Made:
        return await making.make(
            self.house.database, order, config=self.config, path=path, at=self.house.now
        )

    async def pack(self, path: Path, subject: Subject | None = None) -> Made:
        """Ask for a pack, seal, and make it."""
        order = await self.order(subject)
        await self.seal()
        return await self.make(path, order)
