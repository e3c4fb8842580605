"""What a handler chooses from: who may handle it, where money may go, what was attached."""

from collections.abc import Sequence
from dataclasses import dataclass

from cardline.complaints import timeline_store
from cardline.complaints.actions.stepping import Working, stream_of
from cardline.complaints.model import Complaint
from cardline.complaints.rules.handling import may_handle
from cardline.core.errors import NotFound
from cardline.core.ids import AccountId
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal
from cardline.messages import files as file_actions
from cardline.messages.file_model import StoredFile


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the staff, and whether they may handle a complaint."""

    staff: Staff
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Payee:
    """An account of the complainant, by the last digits of its cards."""

    account: AccountId
    tails: tuple[str, ...]


async def candidates(tx: Transaction, work: Working, case: Complaint) -> list[Candidate]:
    """Return whoever has a role that handles it in this round, with what is against each."""
    policy = work.config.policy
    roles = policy.reexaminer_roles if case.round > 1 else policy.handler_roles
    return [
        Candidate(one, may_handle(case, by=one.number, role=one.role, policy=policy))
        for one in await desk_staff.all_staff(tx)
        if one.role in roles
    ]


async def payees(tx: Transaction, work: Working, case: Complaint) -> list[Payee]:
    """Return the accounts to which a compensation may go, each by its cards."""
    holder = case.complainant.holder_id
    if holder is None:
        return []
    cards = await work.config.bank.cards_of(tx, holder_id=holder)
    return [
        Payee(one, tuple(card.tail for card in cards if card.account_id == one))
        for one in await payable(tx, work, case)
    ]


async def payable(tx: Transaction, work: Working, case: Complaint) -> list[AccountId]:
    """Return the accounts to which a compensation may go: the complainant's, and no others.

    Nor one in another currency than compensation is paid in: a sum is posted as it is decided.
    """
    holder = case.complainant.holder_id
    if holder is None:
        return []
    return [
        one.id
        for one in await work.config.bank.accounts_of(tx, holder_id=holder)
        if one.currency == work.config.policy.currency
    ]


async def attached(tx: Transaction, case: Complaint) -> list[StoredFile]:
    """Return what came with a complaint, at first or later, oldest first."""
    return await file_actions.named(tx, await _files(tx, case))


async def sent_with(tx: Transaction, case: Complaint, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of files that came with a complaint, as the staff names them.

    Raises ``NotFound`` for any other: who could tie a file to a complaint could read everybody's.
    """
    wanted = tuple(dict.fromkeys(names))
    owners, known = {stream_of(case.id), case.interaction}, await _files(tx, case)
    found = [
        one
        for one in await file_actions.named(tx, wanted)
        if one.owner in owners or one.id in known
    ]
    if len(found) < len(wanted):
        raise NotFound("no such file came with this complaint")
    return wanted


async def open_attached(tx: Transaction, work: Working, case: Complaint, file: str) -> StoredFile:
    """Return one file of a complaint. Journals ``complaint.file-opened``. Raises ``NotFound``."""
    if file not in await _files(tx, case):
        raise NotFound("there is no such file")
    found = await file_actions.named(tx, [file])
    if not found:
        raise NotFound("there is no such file, or it was erased")
    body: JsonObject = {"file": file}
    await journal(
        tx,
        stream=stream_of(case.id),
        kind="complaint.file-opened",
        by=work.actor,
        body=body,
        at=work.at,
    )
    return found[0]


async def _files(tx: Transaction, case: Complaint) -> Sequence[str]:
    proxy = case.proxy
    shown = (*proxy.authority_files, *proxy.identity_files) if proxy else ()
    later = [str(one) for fact in await timeline_store.facts(tx, case.id) for one in _of(fact)]
    return list(dict.fromkeys((*case.files, *shown, *later)))


def _of(fact: JsonObject) -> Sequence[object]:
    files = fact["files"]
    return files if isinstance(files, list | tuple) else ()
