"""The made-up bank and the made-up staff of the demonstration."""

import asyncio
from datetime import datetime
from pathlib import Path

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.app.people import NewColleague, add_colleague
from cardline.app.settings import Settings
from cardline.app.wiring import Parts, demo_secret
from cardline.cards.model import Language
from cardline.cards.rules.terms import card_terms
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.errors import CardlineError
from cardline.core.masking import Secret
from cardline.core.policy import load_area
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.login import credentials
from cardline.desk.login.totp import base32
from cardline.desk.login.vault import LIGHT
from cardline.desk.staff import actions as desk_staff
from cardline.identity.query_password import bring_query_password
from cardline.sim.bank import demo_people, make_demo_bank
from cardline.sim.bank_store import has_real_holders
from cardline.sim.demo_people import demo_query_password, demo_staff, holder_id
from cardline.trust.registering import DEMO_REGISTRY, import_officials

SEED = 20261101
HOLDERS = 200


class RealBank(CardlineError):
    """A demonstration was asked for where real people's cards are."""

    code = "real-bank"


async def make_bank(parts: Parts) -> None:
    """Make holders, cards, half a year of life, query passwords and staff; once a home.

    Raises :class:`RealBank` where the database has holders whom no demonstration made.
    """
    async with parts.database.transaction() as tx:
        if await has_real_holders(tx):
            raise RealBank(
                "this database has holders of its own: the demonstration, whose passwords anybody "
                "can read, is not put beside them. Give it another --home or --database."
            )
    await _make_bank(parts)
    await _hire_staff(parts, utc_now())
    async with parts.database.transaction() as tx:
        await import_officials(
            tx, DEMO_REGISTRY, config=parts.identity.sms.trust, by=OPERATOR, at=utc_now()
        )


async def _make_bank(parts: Parts) -> None:
    terms = card_terms(load_area("cards", pack=parts.settings.pack))
    bank: EmbeddedCoreBank = parts.bank
    now = utc_now()
    async with parts.database.transaction() as tx:
        if not await make_demo_bank(
            tx, bank=bank, terms=terms, seed=SEED, now=now, holders=HOLDERS
        ):
            return
        for index in range(1, HOLDERS + 1):
            await bring_query_password(
                tx,
                holder=holder_id(index),
                password=demo_query_password(SEED, index),
                config=parts.identity,
                stream=f"holder:{holder_id(index)}",
                by=OPERATOR,
                at=now,
            )


async def _add_staff(tx: Transaction, settings: Settings) -> None:
    """Add whoever is missing."""
    for agent in demo_staff():
        await add_colleague(
            tx, _colleague(settings, agent.number), realm=settings.realm, at=utc_now()
        )


async def _hire_staff(parts: Parts, now: datetime) -> None:
    """Add the staff with passwords and second factors; a home from before is caught up with."""
    async with parts.database.transaction() as tx:
        await _add_staff(tx, parts.settings)
        numbers = [
            staff.number
            for staff in await desk_staff.all_staff(tx)
            if staff.number in {agent.number for agent in demo_staff()}
            and not await credentials.has_password(tx, staff.number)
        ]
    vault, home = parts.login.vault, parts.settings.home
    hashes = await asyncio.gather(
        *(vault.hash_password(number, _password(home, number), LIGHT) for number in numbers)
    )
    async with parts.database.transaction() as tx:
        for number, hashed in zip(numbers, hashes, strict=True):
            await credentials.bring_credentials(
                tx,
                number,
                hashed=hashed,
                totp_secret=_totp_secret(home, number),
                config=parts.login,
                by=OPERATOR,
                at=now,
            )


def _password(home: Path, number: str) -> Secret:
    return Secret(demo_secret(home, f"password/{number}", length=16))


def _totp_secret(home: Path, number: str) -> bytes:
    return bytes.fromhex(demo_secret(home, f"second-factor/{number}", length=32))


def _colleague(settings: Settings, number: str) -> NewColleague:
    agent = next(one for one in demo_staff() if one.number == number)
    languages: tuple[Language, ...] = tuple(
        "en" if language == "en" else "zh" for language in agent.languages
    )
    return NewColleague(
        number=agent.number,
        name=agent.name,
        role=agent.role,
        skills=agent.skills,
        languages=languages,
        token=demo_secret(settings.home, f"token/{agent.number}", length=32),
        phone_password=demo_secret(settings.home, f"phone/{agent.number}"),
    )


async def people_view(tx: Transaction, parts: Parts) -> JsonObject:
    """Return everybody in the demonstration, secrets included: they are all made up."""
    told = await demo_people(tx, bank=parts.bank, now=utc_now())
    if told["holders"]:
        for one in told["staff"]:
            colleague = _colleague(parts.settings, one["number"])
            one["role"] = colleague.role
            one["token"] = colleague.token
            one["phone_user"] = colleague.phone_user
            one["phone_password"] = colleague.phone_password if colleague.agent_id else None
            one["password"] = _password(parts.settings.home, colleague.number).reveal()
            secret = _totp_secret(parts.settings.home, colleague.number)
            one["totp_secret"] = base32(secret)
    else:
        told["staff"] = []
    return told
