"""Codes for whoever has no log-in: given with the acknowledgement, and replaced when asked for."""

from datetime import datetime

from cardline.complaints import code_store
from cardline.complaints.actions.stepping import locked, stream_of
from cardline.complaints.codes import CodeWay
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import Complaint, ComplaintId
from cardline.core.actor import Actor
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction
from cardline.evidence.actions import journal


async def keep_code(
    tx: Transaction,
    case: Complaint,
    code: Secret,
    *,
    way: CodeWay,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> None:
    """Let a code open a complaint from now on, and the one before no more.

    Journals ``complaint.code-made`` with the way, and nothing of the code.
    """
    again = await code_store.of(tx, case.id) is not None
    await code_store.put(tx, case.id, hashed=config.codes.hash_of(code), way=way, at=at)
    await journal(
        tx,
        stream=stream_of(case.id),
        kind="complaint.code-made",
        by=by,
        body={"way": way, "again": again},
        at=at,
    )


async def tell_code(
    tx: Transaction,
    case_id: ComplaintId,
    *,
    way: CodeWay,
    first: bool,
    config: ComplaintConfig,
    by: Actor,
    at: datetime,
) -> Secret | None:
    """Make a code that is told here and now: shown on a page, or said by somebody of the staff.

    ``first``: only where there was none; then ``None`` says that it was told before.
    """
    case = await locked(tx, case_id)
    if first and await code_store.of(tx, case.id) is not None:
        return None
    code = config.codes.new()
    await keep_code(tx, case, code, way=way, config=config, by=by, at=at)
    return code


async def opens(tx: Transaction, reference: str, code: Secret, *, config: ComplaintConfig) -> bool:
    """True where a code opens a complaint; takes the same time where there is none."""
    return config.codes.is_code(code, await code_store.of(tx, reference))
