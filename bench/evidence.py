"""A pack of 1,000 interactions with recordings: made, and checked. Prints JSON.

``python -m bench.evidence [--interactions 1000] [--seconds 60]``
"""

import argparse
import asyncio
import hashlib
import json
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from cardline.adapters.postgres.database import Database
from cardline.app.evidence.packs.making import make_ordered, subject_of_phone
from cardline.app.evidence.roots import seal
from cardline.app.settings import load_settings
from cardline.app.wiring import Parts, open_parts
from cardline.cards.corebank import NewCard
from cardline.cards.model import Account, Card, CardState, Holder, InterestMode, Product
from cardline.core.actor import OPERATOR, SYSTEM
from cardline.core.clock import utc_now
from cardline.core.ids import AccountId, CallId, CardId, HolderId, InteractionId, new_id
from cardline.core.money import to_fen
from cardline.core.phone import PhoneNumber
from cardline.core.verdict import Reason, RuleVersion, Verdict
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.evidence.actions import journal
from cardline.evidence.packs.actions import take_order
from cardline.evidence.packs.checking import check
from cardline.identity.model import Proofs

MAKE_SECONDS = 30.0
CHECK_SECONDS = 10.0
ENTRIES = 25
"""Entries of one conversation, as a call to an agent leaves them."""
_BYTES_A_SECOND = 16_000
"""Of a stereo file in µ-law."""
_HOLDER = Holder(HolderId("h1"), "林晓", PhoneNumber("+8615400000001"), "123X")


async def _interaction(parts: Parts, number: int, sound: bytes) -> None:
    at = utc_now() - timedelta(days=900) + timedelta(hours=20 * number)
    name = InteractionId(new_id("i"))
    file = f"{name}.wav"
    content = sound + str(number).encode()
    (parts.settings.recordings_folder / file).write_bytes(content)
    proofs = Proofs(_HOLDER.id, _HOLDER.phone)
    verdict = Verdict(RuleVersion("cn/identity/2026-11-01"), (Reason("too-weak", "P"),))
    async with parts.database.transaction() as tx:
        one = Interaction(
            id=name,
            door="phone",
            call=CallId(f"c{name}"),
            line="n1",
            from_number=_HOLDER.phone,
            to_number="95500",
            holder_id=_HOLDER.id,
            language="zh",
            opened_at=at,
            answered_at=at,
            closed_at=None,
            outcome=None,
            flow_version="1",
            state={},
            proofs=proofs,
            continues=None,
        )
        await desk.open_interaction(tx, one, source="127.0.0.1")
        for place in range(ENTRIES):
            body = {"act": "hear_balance", "holder": _HOLDER.id, "proven": [], "number": place}
            await journal(
                tx,
                stream=name,
                kind="identity.decided",
                by=SYSTEM,
                body=body,
                at=at + timedelta(seconds=place),
                verdict=verdict,
            )
        await desk.close_interaction(tx, name, outcome="hung-up", at=at + timedelta(minutes=2))
        await desk.store_recording(
            tx,
            call=CallId(f"c{name}"),
            path=file,
            seconds=len(content) / _BYTES_A_SECOND,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            gaps=[],
            at=at + timedelta(minutes=3),
        )


async def _fill(parts: Parts, count: int, seconds: int) -> None:
    parts.settings.recordings_folder.mkdir(parents=True, exist_ok=True)
    own = Account(
        id=AccountId("a1"),
        holder_id=_HOLDER.id,
        credit_limit=to_fen("100000"),
        statement_day=5,
        due_days=18,
        opened_on=date(2024, 1, 15),
        interest_mode=InterestMode.FULL,
        daily_rate=Decimal("0.0005"),
        minimum_rate=Decimal("0.10"),
    )
    async with parts.database.transaction() as tx:
        await parts.bank.add_holders(tx, holders=[_HOLDER])
        await parts.bank.add_accounts(tx, accounts=[own])
        first = Card(
            id=CardId("k1"),
            account_id=own.id,
            holder_id=_HOLDER.id,
            tail="1234",
            product=Product.STANDARD,
            state=CardState.ACTIVE,
            held_until=None,
            activated=True,
            issued_on=date(2024, 1, 15),
        )
        await parts.bank.add_cards(tx, cards=[NewCard(first, "tk-1")])
    sound = b"RIFF" + bytes((number * 7) % 251 for number in range(_BYTES_A_SECOND)) * seconds
    for number in range(count):
        await _interaction(parts, number, sound)
        if number % 50 == 49:
            await seal(parts, at=utc_now(), due_only=False)


async def _measure(home: Path, count: int, seconds: int) -> dict[str, object]:
    async with open_parts(load_settings({"home": str(home)}, environment={})) as parts:
        assert isinstance(parts.database, Database)
        await _fill(parts, count, seconds)
        async with parts.database.transaction() as tx:
            subject = await subject_of_phone(tx, parts, _HOLDER.phone)
            order = await take_order(
                tx, subject, by=OPERATOR, role="operator", reason="bench", at=utc_now()
            )
        path = home / "pack.zip"
        begun = time.monotonic()
        made = await make_ordered(parts, order, path=path)
        making = time.monotonic() - begun
    begun = time.monotonic()
    result = check(path)
    checking = time.monotonic() - begun
    return {
        "interactions": count,
        "entries": made.entries,
        "streams": made.streams,
        "files": made.files,
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "making_seconds": round(making, 2),
        "making_goal": MAKE_SECONDS,
        "checking_seconds": round(checking, 2),
        "checking_goal": CHECK_SECONDS,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "holds": result.holds,
        "passed": result.holds and making < MAKE_SECONDS and checking < CHECK_SECONDS,
    }


def main() -> None:
    """Measure, print, and end with 1 where a goal was missed."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--interactions", type=int, default=1000)
    arguments.add_argument("--seconds", type=int, default=60, help="length of each recording")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(_measure(Path(folder), given.interactions, given.seconds))
    print(json.dumps(told, indent=2))
    sys.exit(0 if told["passed"] else 1)


if __name__ == "__main__":
    main()
