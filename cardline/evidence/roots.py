"""Sealing the journal: keys, and an hourly signed root over the ends of all streams (row F1)."""

from datetime import datetime, timedelta

from cardline.core.actor import Actor
from cardline.core.errors import CardlineError
from cardline.core.transaction import Transaction
from cardline.evidence import root_store
from cardline.evidence.actions import journal
from cardline.evidence.model import KeyId, Root, Signer, SigningKey
from cardline.evidence.statements import (
    KEY,
    ROOT,
    is_valid,
    key_id,
    key_statement,
    read_key,
    read_root,
    root_statement,
)

STREAM = "evidence"
"""The stream of what is done with keys and packs."""
KEY_MADE = "evidence.key-made"
_HOUR = timedelta(hours=1)


class NoKeyError(CardlineError):
    """Nothing can be signed: no key is valid now, or its private half is not on this machine."""

    code = "evidence-key"


async def new_key(
    tx: Transaction, *, signer: Signer, lasts: timedelta, by: Actor, at: datetime
) -> SigningKey:
    """Make the next key, valid from now on; the one before vouches for it while it is valid."""
    await root_store.lock(tx)
    known = await root_store.keys(tx)
    before = known[-1] if known else None
    public = signer.new_key()
    statement = key_statement(
        public, valid_from=at, valid_to=at + lasts, previous=before.id if before else None
    )
    held = signer.keys()
    vouched = before is not None and is_valid(before, at) and before.id in held
    key = read_key(
        statement,
        signer.sign(key_id(public), KEY + statement),
        signer.sign(before.id, KEY + statement) if before and vouched else None,
    )
    await root_store.add_key(tx, key)
    body = {
        "key": key.id,
        "public": public.hex(),
        "valid_to": key.valid_to.isoformat(),
        "previous": key.previous,
        "vouched": vouched,
    }
    await journal(tx, stream=STREAM, kind=KEY_MADE, by=by, body=body, at=at)
    return key


async def ensure_key(
    tx: Transaction, *, signer: Signer, lasts: timedelta, by: Actor, at: datetime
) -> None:
    """Make the first key where there never was one, so that nothing stays unsealed."""
    if await root_store.keys(tx):
        return
    await root_store.lock(tx)
    if not await root_store.keys(tx):  # another node may have been quicker
        await new_key(tx, signer=signer, lasts=lasts, by=by, at=at)


async def all_keys(tx: Transaction) -> list[SigningKey]:
    """Return all keys, the oldest first."""
    return await root_store.keys(tx)


async def signing_key(tx: Transaction, *, signer: Signer, at: datetime) -> KeyId:
    """Return the newest valid key whose private half is here. Raises :class:`NoKeyError`."""
    valid = [key.id for key in await root_store.keys(tx) if is_valid(key, at)]
    here = signer.keys()
    held = [key for key in valid if key in here]
    if not held:
        raise NoKeyError(
            "no evidence key is valid on this machine: make one with cardline evidence new-key"
            if not valid
            else "the private half of the evidence key is on another machine"
        )
    return held[-1]


async def make_root(
    tx: Transaction, *, signer: Signer, at: datetime, due_only: bool = False
) -> Root | None:
    """Seal the end of every stream that has grown since the root before.

    ``due_only``: only where none was made in this hour; ``None`` then. One is made where nothing
    grew too: a chain without a gap shows that nobody was prevented from signing.
    Raises :class:`NoKeyError`.
    """
    await root_store.lock(tx)
    before = await root_store.last_root(tx)
    if before is not None and (_hour(before.at) >= _hour(at) if due_only else before.at >= at):
        return None
    key = await signing_key(tx, signer=signer, at=at)
    number = before.number + 1 if before else 1
    leaves = await root_store.add_leaves(tx, root=number)
    statement = root_statement(number, at=at, leaves=leaves, previous=before, key=key)
    root = read_root(statement, signer.sign(key, ROOT + statement))
    await root_store.add_root(tx, root)
    return root


async def last_root(tx: Transaction) -> Root | None:
    """Return the newest root."""
    return await root_store.last_root(tx)


async def read_roots(tx: Transaction, *, after: int = 0, limit: int = 10_000) -> list[Root]:
    """Return signed roots beyond a number, in their order."""
    return await root_store.roots(tx, after=after, limit=limit)


def _hour(at: datetime) -> int:
    return int(at.timestamp() // _HOUR.total_seconds())
