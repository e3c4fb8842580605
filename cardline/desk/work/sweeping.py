"""Wrap-ups and messages that were left behind become tasks (row A4)."""

from datetime import datetime, timedelta

from cardline.core.actor import SYSTEM
from cardline.core.transaction import Transaction
from cardline.desk.model import DeskPolicy
from cardline.desk.work import task_store, wrapup_store
from cardline.desk.work.tasks import open_task
from cardline.routing import actions as routing

_LOOK_BACK = timedelta(days=1)
"""A server that was away for longer finds no wrap-ups from before; their conversations stay."""
_AT_ONCE = 200


async def sweep(tx: Transaction, *, policy: DeskPolicy, at: datetime) -> int:
    """Make tasks of messages left and of wrap-ups left behind; return how many. Runs again safely.

    A wrap-up is left behind where its time ran out, or was ended, before it was completed.
    """
    opened = 0
    for interaction, holder, matter, taken_at in await task_store.unsettled_messages(
        tx, limit=_AT_ONCE
    ):
        opened += bool(
            await open_task(
                tx,
                source=f"message:{interaction}",
                kind="callback",
                what="",
                due_at=taken_at + policy.callback_within,
                by=SYSTEM,
                at=at,
                interaction=interaction,
                holder=holder,
                matter=matter,
            )
        )
    talks = await routing.talks_wrapped(tx, since=at - _LOOK_BACK, until=at)
    chats = await task_store.chats_left(tx, since=at - _LOOK_BACK, until=at - policy.chat_wrap_up)
    parts = list(dict.fromkeys([*((talk.interaction, talk.agent) for talk in talks), *chats]))
    for left, agent, holder in await wrapup_store.left_behind(tx, parts) if parts else []:
        opened += bool(
            await open_task(
                tx,
                source=f"wrap-up:{left}:{agent}",
                kind="wrap-up",
                what="",
                due_at=at + policy.wrap_up_within,
                by=SYSTEM,
                at=at,
                interaction=left,
                holder=holder,
                agent=agent,
            )
        )
    return opened
