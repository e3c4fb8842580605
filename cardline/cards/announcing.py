"""Telling open screens that a case or a request of a holder has moved on."""

from typing import Literal

from cardline.core import live
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction

What = Literal["case", "change", "limit", "fee", "closure"]
_WORKERS = live.to_roles("agent", "lead")


def announce(
    tx: Transaction,
    *,
    what: What,
    about: str,
    state: str,
    holder: HolderId,
) -> None:
    """Tell agents and leads after the commit, as an event ``case``; who needs more reads it."""
    data = {"what": what, "state": state, "holder": holder}
    live.tell(tx, kind="case", id=about, to=_WORKERS, data=data)
