"""Changing a holder's address, phone or e-mail: asked for, confirmed, cooled, undone (row B4).

In force from the confirmation on, and can be undone while it cools; in that time a new number
proves nothing for risky acts, and after a change of other data a person is needed besides.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from cardline.cards.announcing import announce
from cardline.cards.contacts import store
from cardline.cards.contacts.model import (
    ContactChange,
    ContactChangeId,
    ContactChangeState,
    ContactFacts,
    Side,
)
from cardline.cards.model import CardState, ContactField, Holder
from cardline.cards.rules import contact_change as rules
from cardline.cards.rules.state import merge, state_at
from cardline.cards.serving import Claimant, Serving, claimant, decide, talks
from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import mask_phone, mask_secrets
from cardline.core.phone import PhoneNumber, parse_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.identity.model import Act, Factor
from cardline.messages.actions import send_sms
from cardline.outreach import actions as outreach

_ACTS = {
    ContactField.PHONE: Act.CHANGE_PHONE,
    ContactField.ADDRESS: Act.CHANGE_ADDRESS,
    ContactField.EMAIL: Act.CHANGE_ADDRESS,
}
_SHOWN_OF_ADDRESS = 6


class PhoneUnfit(Invalid):
    """What was written is no telephone number."""

    code = "phone-unfit"


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a request, a confirmation or a cancellation."""

    verdict: Verdict
    change: ContactChange | None
    already: bool = False


async def request_change(
    tx: Transaction, serving: Serving, *, field: ContactField, value: str, key: str
) -> Changed:
    """Ask for a change; nothing is changed until a second side confirms it.

    The holder is told at the number registered until now. Journals ``contact.requested`` or
    ``contact.refused``. Raises :class:`PhoneUnfit` for a number that is none.
    """
    await talks(tx, serving)
    person = await claimant(tx, serving)
    wanted = _written(field, value)
    unique = f"{serving.interaction.id}/{field}/{key or wanted}"
    await store.lock_holder(tx, person.holder.id)
    known = await store.by_key(tx, unique)
    if known is not None:
        if known.holder_id != person.holder.id:
            raise NotFound("this holder has no such change")
        return Changed(Verdict(serving.policy.version), known, already=True)
    verdict = merge(
        await decide(tx, serving, person, _ACTS[field]),
        rules.may_request(
            field, wanted, await _facts(tx, serving, person, field, wanted), serving.policy
        ),
    )
    change = ContactChange(
        id=ContactChangeId(new_id("change-")),
        key=unique,
        holder_id=person.holder.id,
        field=field,
        was=_present(person.holder, field),
        wanted=wanted,
        interaction=serving.interaction.id,
        state=ContactChangeState.REQUESTED,
        requested_by=serving.staff.number,
        requested_at=serving.at,
        lapses_at=serving.at + serving.policy.change_confirm,
    )
    if not verdict.allowed:
        await _journal(
            tx, change, "contact.refused", serving.by, serving.at, serving.stream, verdict
        )
        return Changed(verdict, None)
    await store.insert(tx, change)
    await _journal(tx, change, "contact.requested", serving.by, serving.at, serving.stream, verdict)
    await _tell(tx, serving, person.holder, change, "contact_requested")
    return Changed(verdict, change)


async def confirm_change(
    tx: Transaction,
    serving: Serving,
    change_id: ContactChangeId,
    *,
    side: Side,
    branch: str = "",
) -> Changed:
    """Confirm a change by its second side, and put it in force at once.

    ``old_phone``: with a code keyed in by the caller in this interaction after the request; no
    agent hears it. ``branch``: by a colleague of whoever took the request. Journals
    ``contact.confirmed`` or ``contact.confirmation-refused``.
    """
    person = await claimant(tx, serving)
    change = await _own(tx, person, change_id)
    if side == "old_phone":
        await talks(tx, serving)
    branch = mask_secrets(branch.strip()).text
    verdict = rules.may_confirm(
        change,
        side,
        code_at=_code_keyed_at(serving, person),
        by=serving.staff.number,
        branch=branch,
        policy=serving.policy,
        now=serving.at,
    )
    if change.field is ContactField.PHONE and verdict.allowed:
        facts = await _facts(tx, serving, person, change.field, change.wanted)
        verdict = merge(
            verdict,
            rules.may_request(
                change.field,
                change.wanted,
                replace(
                    facts, running=False, card_protected=side != "branch" and facts.card_protected
                ),
                serving.policy,
            ),
        )
    kind = "contact.confirmed" if verdict.allowed else "contact.confirmation-refused"
    body: JsonObject = {"side": side, **({"branch": branch} if branch else {})}
    await _journal(tx, change, kind, serving.by, serving.at, serving.stream, verdict, body)
    if not verdict.allowed:
        return Changed(verdict, change)
    confirmed = replace(
        change,
        state=ContactChangeState.COOLING,
        side=side,
        confirmed_by=serving.staff.number,
        confirmed_at=serving.at,
        branch=branch or None,
        cooling_until=serving.at + serving.policy.change_cooling,
        phone_changed_before=person.holder.phone_changed_at,
        data_changed_before=person.holder.data_changed_at,
    )
    await store.save(tx, confirmed)
    await serving.bank.set_contact(
        tx,
        holder_id=change.holder_id,
        field=change.field,
        value=change.wanted,
        changed_at=serving.at,
        key=f"{change.id}/confirmed",
        at=serving.at,
    )
    if change.field is ContactField.PHONE:
        await outreach.know_number(
            tx, holder=change.holder_id, phone=PhoneNumber(change.wanted), at=serving.at
        )
    await _tell(tx, serving, person.holder, confirmed, "contact_changed")
    return Changed(verdict, confirmed)


async def cancel_change(tx: Transaction, serving: Serving, change_id: ContactChangeId) -> Changed:
    """Undo a change: drop the request, or put back what was there while it cools.

    Journals ``contact.cancelled`` or ``contact.cancel-refused``.
    """
    await talks(tx, serving)
    person = await claimant(tx, serving)
    change = await _own(tx, person, change_id)
    verdict = merge(
        await decide(tx, serving, person, Act.WITHDRAW_REQUEST),
        rules.may_cancel(change, serving.policy, now=serving.at),
    )
    kind = "contact.cancelled" if verdict.allowed else "contact.cancel-refused"
    await _journal(tx, change, kind, serving.by, serving.at, serving.stream, verdict)
    if not verdict.allowed:
        return Changed(verdict, change)
    cancelled = replace(change, state=ContactChangeState.CANCELLED, ended_at=serving.at)
    await store.save(tx, cancelled)
    if change.state is ContactChangeState.COOLING:
        phone = change.field is ContactField.PHONE
        before = change.phone_changed_before if phone else change.data_changed_before
        await serving.bank.set_contact(
            tx,
            holder_id=change.holder_id,
            field=change.field,
            value=change.was,
            changed_at=before,
            key=f"{change.id}/cancelled",
            at=serving.at,
        )
    await _tell(tx, serving, person.holder, cancelled, "contact_cancelled")
    return Changed(verdict, cancelled)


async def changes_of(tx: Transaction, holder_id: HolderId) -> list[ContactChange]:
    """Return the changes of a holder, newest first."""
    return await store.of_holder(tx, holder_id)


async def end_changes(
    tx: Transaction, *, at: datetime, by: Actor = SYSTEM, limit: int = 200
) -> int:
    """Write down requests that lapsed and changes that have cooled; return how many.

    Running twice changes nothing. Journals ``contact.lapsed`` and ``contact.final``.
    """
    over = await store.over(tx, at=at, limit=limit)
    for change in over:
        lapsed = change.state is ContactChangeState.REQUESTED
        state = ContactChangeState.LAPSED if lapsed else ContactChangeState.FINAL
        await store.save(tx, replace(change, state=state, ended_at=at))
        kind = "contact.lapsed" if lapsed else "contact.final"
        await _journal(tx, change, kind, by, at, change.interaction, None)
    return len(over)


def masked_value(field: ContactField, value: str | None) -> str | None:
    """Return as much of a value as may be listed and journaled."""
    if value is None:
        return None
    if field is ContactField.PHONE:
        return mask_phone(value)
    if field is ContactField.EMAIL:
        name, _, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    return f"{value[:_SHOWN_OF_ADDRESS]}***"


def _written(field: ContactField, value: str) -> str:
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value):
        raise Invalid("this is no text")
    if field is ContactField.PHONE:
        number = parse_phone(value)
        if number is None:
            raise PhoneUnfit("this is no telephone number")
        return number
    return " ".join(mask_secrets(value).text.split())


def _present(holder: Holder, field: ContactField) -> str | None:
    return {
        ContactField.PHONE: str(holder.phone),
        ContactField.ADDRESS: holder.address,
        ContactField.EMAIL: holder.email,
    }[field]


async def _facts(
    tx: Transaction, serving: Serving, person: Claimant, field: ContactField, wanted: str
) -> ContactFacts:
    taken = False
    if field is ContactField.PHONE:
        other = await serving.bank.holder_by_phone(tx, phone=PhoneNumber(wanted))
        taken = other is not None and other.id != person.holder.id
    changes = await store.of_holder(tx, person.holder.id)
    running = (ContactChangeState.REQUESTED, ContactChangeState.COOLING)
    protected = (CardState.HELD, CardState.FROZEN)
    return ContactFacts(
        present=_present(person.holder, field),
        running=any(change.field is field and change.state in running for change in changes),
        taken=taken,
        card_protected=any(state_at(card, serving.at) in protected for card in person.cards),
    )


def _code_keyed_at(serving: Serving, person: Claimant) -> datetime | None:
    return max(
        (
            proof.at
            for proof in serving.interaction.proofs.given
            if proof.factor is Factor.ONE_TIME_CODE
            and proof.holder == person.holder.id
            and proof.only_for is None
        ),
        default=None,
    )


async def _own(tx: Transaction, person: Claimant, change_id: ContactChangeId) -> ContactChange:
    change = await store.by_id(tx, change_id, lock=True)
    if change is None or change.holder_id != person.holder.id:
        raise NotFound("this holder has no such change")
    return change


async def _journal(
    tx: Transaction,
    change: ContactChange,
    kind: str,
    by: Actor,
    at: datetime,
    stream: str,
    verdict: Verdict | None,
    more: JsonObject | None = None,
) -> None:
    body: JsonObject = {
        "change": change.id,
        "holder": change.holder_id,
        "field": change.field,
        "was": masked_value(change.field, change.was),
        "wanted": masked_value(change.field, change.wanted),
        **(more or {}),
    }
    await journal(tx, stream=stream, kind=kind, by=by, body=body, at=at, verdict=verdict)
    if verdict is None or verdict.allowed:
        state = kind.removeprefix("contact.")
        announce(tx, what="change", about=change.id, state=state, holder=change.holder_id)


async def _tell(
    tx: Transaction, serving: Serving, holder: Holder, change: ContactChange, template: str
) -> None:
    """Tell the old number and the new one: who owns only one of them learns of it too."""
    numbers = [holder.phone]
    if change.field is ContactField.PHONE and change.confirmed_at is not None:
        was = PhoneNumber(change.was) if change.was else holder.phone
        numbers = list(dict.fromkeys((was, PhoneNumber(change.wanted))))
    for place, number in enumerate(numbers):
        await send_sms(
            tx,
            config=serving.identity.sms,
            holder=holder.id,
            to=number,
            template=f"{template}_{change.field}",
            values={"until": change.cooling_until}
            if template == "contact_changed" and change.cooling_until
            else {},
            language=holder.language,
            key=f"{change.id}/{template}/{place}",
            stream=serving.stream,
            at=serving.at,
            solicited=True,
            wait=True,
        )
