"""The code of whoever has no log-in: with the acknowledgement of the door, and again when asked.

What a stranger asks here is answered in the same words, whether there is such a complaint or not.
"""

from datetime import datetime, timedelta

from cardline.complaints import actions, store
from cardline.complaints.codes import CodeWay
from cardline.complaints.doors import store as door_store
from cardline.complaints.doors.config import DoorConfig
from cardline.complaints.model import Complaint, ComplaintId
from cardline.complaints.rules.opening import Written, is_theirs, opens_by_code, ways_to
from cardline.core.actor import Actor
from cardline.core.errors import NotFound
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction

_DAY = timedelta(days=1)


async def acknowledge_stranger(
    tx: Transaction, case: Complaint, *, config: DoorConfig, at: datetime, given: str = ""
) -> Written | None:
    """Tell whoever has no log-in that it came, with reference and code; returns how.

    ``None`` where nobody could be written to. A text and an e-mail prove themselves once they have
    left, a letter when it is posted.
    """
    speaker = case.complainant.holder_id is not None
    for way in ways_to(case, given):
        if await actions.acknowledge_by(
            tx, case, way, config=config.complaints, at=at, speaker=speaker
        ):
            return way
    return None


async def send_again(
    tx: Transaction, reference: str, given: str, *, config: DoorConfig, at: datetime
) -> None:
    """Send another code where somebody names what was given with a complaint.

    Says nothing of whether that was so. What does not fit counts like a wrong code; so many codes
    leave for one complaint in a day.
    """
    case = await find_theirs(tx, reference, given, config=config, at=at)
    if case is None or not await few_a_day(
        tx, f"code:{case.id}", most=config.policy.codes_per_day, config=config, at=at
    ):
        return
    await acknowledge_stranger(tx, case, config=config, at=at, given=given)


async def give_again(
    tx: Transaction,
    case: Complaint | None,
    *,
    way: CodeWay,
    to: str,
    by: Actor,
    config: DoorConfig,
    at: datetime,
) -> Secret | None:
    """Let somebody of the staff give a new code to whoever named what they gave.

    Said, it is returned once; else it is sent, a letter to the address ``to``. Raises ``NotFound``
    for what :func:`find_theirs` did not find, and where it cannot go that way.
    """
    if case is None:
        raise NotFound("there is no such complaint, or that is not what they gave")
    if way == "said":
        return await actions.tell_code(
            tx, case.id, way=way, first=False, config=config.complaints, by=by, at=at
        )
    speaker = case.complainant.holder_id is not None
    if way == "page" or not await actions.acknowledge_by(
        tx, case, way, config=config.complaints, at=at, to=to, speaker=speaker
    ):
        raise NotFound("there is no such way to them")
    return None


async def few_a_day(
    tx: Transaction, what: str, *, most: int, config: DoorConfig, at: datetime
) -> bool:
    """Note one more of something that may happen so often a day; false where that was enough."""
    day = at.astimezone(config.complaints.policy.zone).date()
    for number in range(most):
        if await door_store.once(tx, f"{what}:{day}:{number}", at=at):
            return True
    return False


async def find_theirs(
    tx: Transaction, reference: str, given: str, *, config: DoorConfig, at: datetime
) -> Complaint | None:
    """Return the complaint of whoever names what they gave with it; a wrong try is counted.

    Commit it whatever it finds: nobody may guess without end.
    """
    reference = reference[: door_store.REFERENCE]
    since = at - config.policy.lookup_within
    await door_store.lock_key(tx, f"lookup:{reference}")
    tries = await door_store.misses(tx, reference, since=since)
    case = await store.by_id(tx, ComplaintId(reference))
    fits = case is not None and opens_by_code(case) and is_theirs(case, given)
    if case is not None and fits and tries < config.policy.lookup_tries:
        return case
    if tries < config.policy.lookup_tries:
        await door_store.add_miss(tx, reference, forget=since, at=at)
    return None
