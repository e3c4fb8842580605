"""Public lists of those who want no advertising: loaded whole or not at all (row D1)."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import new_id
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.outreach.model import ContactPolicy, Register
from cardline.outreach.rules.registers import mark_of
from cardline.outreach.store import registers as store


async def load_register(
    tx: Transaction,
    numbers: Iterable[PhoneNumber],
    *,
    name: str,
    region: str,
    as_of: datetime,
    policy: ContactPolicy,
    by: Actor,
    at: datetime,
) -> Register:
    """Put a list in the place of the one of this name; with the commit the gate obeys the new one.

    ``as_of``: of when it is. The numbers are kept as marks that need ``policy.list_key``. Raises
    :class:`Invalid` for a list of the future, one without numbers, and one that is older than the
    one it would replace.
    """
    if as_of > at:
        raise Invalid("a list cannot be of a time that is still to come")
    await store.lock(tx, name=name)
    known = {one.name: one for one in await store.registers(tx)}.get(name)
    if known is not None and known.as_of > as_of:
        raise Invalid(f"the list {name} is loaded as of {known.as_of:%Y-%m-%d}, which is younger")
    version = new_id("v")
    key = policy.list_key

    async def marks() -> AsyncIterator[bytes]:
        for number in numbers:
            yield mark_of(number, key=key)

    count = await store.copy_in(tx, marks(), name=name, version=version)
    if not count:
        raise Invalid("the list has no number: an empty one would open every door")
    register = Register(name, region, as_of, count, at)
    await store.put(tx, register, version=version)
    body: JsonObject = {"register": name, "as_of": as_of.isoformat(), "numbers": count}
    body |= {"before": known.numbers if known else None}
    await journal(
        tx, stream=f"register:{name}", kind="outreach.register-loaded", by=by, body=body, at=at
    )
    return register


async def drop_register(tx: Transaction, *, name: str, by: Actor, at: datetime) -> None:
    """Remove a list. Raises :class:`NotFound`."""
    await store.lock(tx, name=name)
    if not await store.drop(tx, name=name):
        raise NotFound(f"there is no list {name}")
    body: JsonObject = {"register": name}
    await journal(
        tx, stream=f"register:{name}", kind="outreach.register-dropped", by=by, body=body, at=at
    )


async def loaded_registers(tx: Transaction) -> list[Register]:
    """Return the lists that are loaded."""
    return await store.registers(tx)
