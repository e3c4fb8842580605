"""Writing down that somebody of the staff saw a holder's data, and why (row F4)."""

from collections.abc import Iterable
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.ids import HolderId
from cardline.core.masking import mask_secrets
from cardline.core.roles import Role
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal, read_kinds, written_since
from cardline.evidence.looks.model import ListenPolicy, Looker, OnStaff, Row, What

LOOKED = "desk.looked"
"""The kind of the entry; the holder's pages read it from the holder's and the contacts' streams."""


async def record_look(
    tx: Transaction,
    *,
    who: Actor,
    role: Looker,
    what: What,
    holder: HolderId | None,
    reason: str = "",
    at: datetime,
    within: str | None = None,
    subject: str = "",
) -> None:
    """Journal a look at a holder's data: one statement, in the transaction of the look itself.

    ``within``: the interaction in which it was needed, whose stream then has it; else it stands in
    the holder's own. ``subject``: which of several things it was, an id, never the data. ``reason``
    is written without secrets. Without holder and interaction nobody's data was seen: nothing is
    written.
    """
    stream = within or (f"holder:{holder}" if holder else None)
    if stream is None:
        return
    body: JsonObject = {"what": what, "role": role, "holder": holder}
    if subject:
        body["subject"] = subject
    if reason:
        body["reason"] = mask_secrets(reason.strip()).text
    await journal(tx, stream=stream, kind=LOOKED, by=who, body=body, at=at)


async def record_list(
    tx: Transaction,
    rows: Iterable[Row],
    *,
    by: OnStaff,
    policy: ListenPolicy,
    at: datetime,
    what: What = "list",
) -> int:
    """Journal that somebody saw these lines of a list, each person's once for ``one_list``.

    One statement where all were seen before, one more for every other. Leave out the lines that
    are ``by``'s own work. Return how many looks were new.
    """
    found = {row.stream: row for row in rows if row.stream is not None}
    if not found:
        return 0
    since = at - policy.one_list
    like: JsonObject = {"what": what}
    known = await written_since(tx, list(found), kind=LOOKED, by=by.actor, body=like, since=since)
    # Conversations before holders, each by name: two lists at once wait and do not block.
    new = sorted(set(found) - known, key=lambda one: (one.startswith("holder:"), one))
    for stream in new:
        body: JsonObject = {**like, "role": by.role, "holder": found[stream].holder}
        await journal(tx, stream=stream, kind=LOOKED, by=by.actor, body=body, at=at)
    return len(new)


async def record_stay(
    tx: Transaction,
    *,
    who: Actor,
    role: Role,
    what: What,
    holder: HolderId | None,
    at: datetime,
    policy: ListenPolicy,
    within: str | None = None,
    subject: str = "",
) -> bool:
    """Like :func:`record_look`, once for a stay: a page that renews itself does not look anew.

    Costs a read more. True where it was written.
    """
    stream = within or (f"holder:{holder}" if holder else None)
    if stream is None:
        return False
    for entry in await read_kinds(tx, [stream], [LOOKED]):
        of = (entry.by, entry.body.get("what"), entry.body.get("subject", ""))
        if of == (str(who), what, subject) and at < entry.at + policy.one_stay:
            return False
    await record_look(
        tx, who=who, role=role, what=what, holder=holder, at=at, within=within, subject=subject
    )
    return True
