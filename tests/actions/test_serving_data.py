"""Changing a holder's data: two sides, a cooling period, both numbers told, undone (row B4)."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.contacts import actions as contact_changes
from cardline.cards.contacts.actions import Changed
from cardline.cards.contacts.model import ContactChange, ContactChangeState
from cardline.cards.limits import actions as limits
from cardline.cards.model import CardState, ContactField
from cardline.cards.serving import NotServing
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.money import to_fen
from cardline.core.phone import PhoneNumber
from cardline.desk.staff.model import Staff
from cardline.identity.actions import weigh
from cardline.identity.model import Act, Factor, subject_of
from tests.actions.identity_desk import everything_stored
from tests.actions.serving_desk import ACCOUNT, AGENT, COLLEAGUE, HOLDER, OTHER, Desk

NEW = "13800138000"
NEW_PHONE = PhoneNumber("+8613800138000")
PHONE = ContactField.PHONE
ADDRESS = ContactField.ADDRESS
NEW_ADDRESS = "北京市海淀区中关村大街1号"


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = Desk(database)
    await desk.open()
    return desk


async def ask(
    desk: Desk,
    field: ContactField = PHONE,
    value: str = NEW,
    *,
    interaction: str = "i1",
    key: str = "",
) -> Changed:
    async with desk.serving(interaction) as (tx, here):
        return await contact_changes.request_change(tx, here, field=field, value=value, key=key)


async def confirm(
    desk: Desk,
    change: ContactChange,
    *,
    interaction: str = "i1",
    staff: Staff = AGENT,
    branch: str = "",
) -> tuple[str, ...]:
    async with desk.serving(interaction, staff) as (tx, here):
        done = await contact_changes.confirm_change(
            tx, here, change.id, side="branch" if branch else "old_phone", branch=branch
        )
    return done.verdict.codes


async def cancel(desk: Desk, change: ContactChange, *, interaction: str = "i1") -> tuple[str, ...]:
    async with desk.serving(interaction) as (tx, here):
        return (await contact_changes.cancel_change(tx, here, change.id)).verdict.codes


async def changed(desk: Desk, field: ContactField = PHONE, value: str = NEW) -> ContactChange:
    """Ask, key in a new code, confirm."""
    change = (await ask(desk, field, value)).change
    assert change is not None
    desk.now += timedelta(minutes=2)
    await desk.prove("i1", Factor.ONE_TIME_CODE)
    desk.now += timedelta(minutes=1)
    assert await confirm(desk, change) == ()
    return change


async def may(desk: Desk, act: Act, *factors: Factor) -> bool:
    """Whether a caller who proves these now may do something."""
    name = await desk.call(proven=factors)
    holder = await desk.holder()
    async with desk.serving(name) as (tx, here):
        weighed = await weigh(
            tx,
            acts=[act],
            proofs=here.interaction.proofs,
            subject=subject_of(holder, []),
            config=here.identity,
            stream=name,
            at=desk.now,
        )
    return weighed[act].verdict.allowed


async def test_nothing_is_changed_before_a_second_side_confirms(desk: Desk) -> None:
    change = (await ask(desk)).change
    assert change is not None
    assert (await desk.holder()).phone == HOLDER.phone
    assert await desk.texts() == [(HOLDER.phone, "contact_requested_phone")]
    assert await confirm(desk, change) == ("needs-new-code",)
    assert (await desk.holder()).phone == HOLDER.phone
    assert await desk.kinds() == ["contact.requested", "contact.confirmation-refused"]


async def test_a_new_code_to_the_old_number_puts_it_in_force_and_both_numbers_are_told(
    desk: Desk,
) -> None:
    await changed(desk)
    holder = await desk.holder()
    assert (holder.phone, holder.phone_changed_at) == (NEW_PHONE, desk.now)
    assert await desk.ask("SELECT phone, known_since FROM outreach_number") == [
        (NEW_PHONE, desk.now)
    ]
    told = {phone for phone, template in await desk.texts() if template == "contact_changed_phone"}
    assert told == {HOLDER.phone, NEW_PHONE}
    assert await desk.ask("SELECT was, value FROM bank_contact_change") == [
        (HOLDER.phone, NEW_PHONE)
    ]


async def test_a_branch_confirms_by_a_colleague(desk: Desk) -> None:
    change = (await ask(desk)).change
    assert change is not None
    assert await confirm(desk, change, branch="陆家嘴支行") == ("four-eyes",)
    assert await confirm(desk, change, staff=COLLEAGUE, branch="陆家嘴支行") == ()
    assert (await desk.holder()).phone == NEW_PHONE


async def test_confirming_twice_at_once_changes_it_once(desk: Desk) -> None:
    change = (await ask(desk)).change
    assert change is not None
    desk.now += timedelta(minutes=1)
    await desk.prove("i1", Factor.ONE_TIME_CODE)
    tries = await asyncio.gather(*(confirm(desk, change) for _ in range(4)))
    assert sorted(tries) == [(), *[("change-is-cooling",)] * 3]
    assert await desk.ask("SELECT count(*) FROM bank_contact_change") == [1]


async def test_asking_twice_is_one_request_and_another_value_waits_its_turn(desk: Desk) -> None:
    first, second = await asyncio.gather(ask(desk, key="k"), ask(desk, key="k"))
    assert first.change is not None
    assert second.change is not None
    assert first.change.id == second.change.id
    other = await ask(desk, value="13900139000")
    assert other.verdict.codes == ("change-running",)


async def test_a_new_number_lifts_no_hold_and_resets_no_password_while_it_cools(
    desk: Desk,
) -> None:
    phone, secret, tails = (
        Factor.ONE_TIME_CODE,
        Factor.QUERY_PASSWORD,
        Factor.CARD_AND_ID_TAILS,
    )
    risky = {
        Act.RELEASE_HOLD: (phone, secret),
        Act.LIMIT_REQUEST: (phone, secret),
        Act.CLOSE_CARD: (phone, secret),
        Act.RESET_QUERY_PASSWORD: (phone, tails),
    }
    assert all([await may(desk, act, *factors) for act, factors in risky.items()])
    await changed(desk)
    assert not any([await may(desk, act, *factors) for act, factors in risky.items()])
    assert await may(desk, Act.FREEZE, phone)
    desk.now += timedelta(hours=72)
    assert all([await may(desk, act, *factors) for act, factors in risky.items()])


async def test_after_a_new_address_risky_acts_need_a_person_besides(desk: Desk) -> None:
    given = (Factor.ONE_TIME_CODE, Factor.QUERY_PASSWORD)
    await changed(desk, ADDRESS, NEW_ADDRESS)
    assert (await desk.holder()).address == NEW_ADDRESS
    assert not await may(desk, Act.LIMIT_REQUEST, *given)
    assert await may(desk, Act.LIMIT_REQUEST, *given, Factor.AGENT_JUDGEMENT)
    assert await may(desk, Act.FREEZE, Factor.ONE_TIME_CODE)
    desk.now += timedelta(hours=72)
    assert await may(desk, Act.LIMIT_REQUEST, *given)


async def test_a_limit_is_not_raised_over_a_number_that_is_a_day_old(desk: Desk) -> None:
    await changed(desk)
    name = await desk.call()
    async with desk.serving(name) as (tx, here):
        done = await limits.request_limit(
            tx,
            here,
            account_id=ACCOUNT.id,
            wanted=to_fen("25000"),
            term="permanent",
            until=None,
            key="",
        )
    assert done.request is None
    assert not done.verdict.allowed
    assert all(code.startswith("weak-") for code in done.verdict.codes)


async def test_a_change_is_undone_while_it_cools_and_the_number_is_as_trusted_as_before(
    desk: Desk,
) -> None:
    change = await changed(desk)
    desk.now += timedelta(hours=10)
    name = await desk.call()
    assert await cancel(desk, change, interaction=name) == ()
    holder = await desk.holder()
    assert (holder.phone, holder.phone_changed_at) == (HOLDER.phone, None)
    assert await may(desk, Act.RELEASE_HOLD, Factor.ONE_TIME_CODE, Factor.QUERY_PASSWORD)
    told = {phone for phone, template in await desk.texts() if "cancelled" in template}
    assert told == {HOLDER.phone, NEW_PHONE}
    assert await cancel(desk, change, interaction=name) == ("change-is-cancelled",)


async def test_the_old_phone_alone_undoes_nothing(desk: Desk) -> None:
    change = await changed(desk)
    thief = await desk.call(proven=(Factor.REGISTERED_NUMBER, Factor.ONE_TIME_CODE))
    assert await cancel(desk, change, interaction=thief)
    assert (await desk.holder()).phone == NEW_PHONE


async def test_after_the_cooling_it_is_final(desk: Desk) -> None:
    change = await changed(desk)
    desk.now += timedelta(hours=72)
    name = await desk.call()
    assert await cancel(desk, change, interaction=name) == ("change-is-final",)
    assert await desk.sweep() == 1
    assert await desk.sweep() == 0
    assert await desk.ask("SELECT state FROM card_contact_change") == ["final"]


async def test_a_request_that_nobody_confirms_lapses(desk: Desk) -> None:
    change = (await ask(desk)).change
    assert change is not None
    desk.now += timedelta(days=7)
    name = await desk.call()
    await desk.prove(name, Factor.ONE_TIME_CODE)
    assert await confirm(desk, change, interaction=name) == ("change-is-lapsed",)
    assert await desk.sweep() == 1
    assert await desk.ask("SELECT state FROM card_contact_change") == [ContactChangeState.LAPSED]
    assert (await ask(desk, interaction=name)).verdict.allowed


async def test_no_number_is_changed_by_telephone_while_a_card_is_frozen(desk: Desk) -> None:
    await desk.set_state(CardState.FROZEN)
    assert (await ask(desk)).verdict.codes == ("card-protected",)
    assert (await ask(desk, ADDRESS, NEW_ADDRESS)).verdict.allowed


async def test_a_card_that_was_frozen_meanwhile_stops_the_confirmation(desk: Desk) -> None:
    change = (await ask(desk)).change
    assert change is not None
    desk.now += timedelta(minutes=1)
    await desk.prove("i1", Factor.ONE_TIME_CODE)
    await desk.set_state(CardState.FROZEN)
    assert await confirm(desk, change) == ("card-protected",)
    assert (await desk.holder()).phone == HOLDER.phone


async def test_a_number_of_somebody_else_is_refused_also_where_it_was_taken_meanwhile(
    desk: Desk,
) -> None:
    assert (await ask(desk, value=OTHER.phone)).verdict.codes == ("phone-taken",)
    change = (await ask(desk)).change
    assert change is not None
    async with desk.database.transaction() as tx:
        await desk.bank.set_contact(
            tx,
            holder_id=OTHER.id,
            field=PHONE,
            value=NEW_PHONE,
            changed_at=None,
            key="other",
            at=desk.now,
        )
    desk.now += timedelta(minutes=1)
    await desk.prove("i1", Factor.ONE_TIME_CODE)
    assert await confirm(desk, change) == ("phone-taken",)
    with pytest.raises(Conflict):
        async with desk.database.transaction() as tx:
            await desk.bank.set_contact(
                tx,
                holder_id=HOLDER.id,
                field=PHONE,
                value=NEW_PHONE,
                changed_at=None,
                key="clash",
                at=desk.now,
            )


async def test_without_the_old_phone_nothing_is_asked_for(desk: Desk) -> None:
    name = await desk.call(proven=(Factor.QUERY_PASSWORD, Factor.CARD_AND_ID_TAILS))
    asked = await ask(desk, interaction=name)
    assert asked.change is None
    assert asked.verdict.codes == ("needs-one-time-code",)


async def test_data_are_changed_only_with_the_person_on_the_line(desk: Desk) -> None:
    await desk.hang_up("i1")
    with pytest.raises(NotServing):
        await ask(desk)


async def test_what_is_no_number_is_not_well_formed(desk: Desk) -> None:
    with pytest.raises(Invalid):
        await ask(desk, value="call me")
    with pytest.raises(Invalid):
        await ask(desk, ADDRESS, "北京\0市")


async def test_a_change_of_another_holder_is_not_there(desk: Desk) -> None:
    change = (await ask(desk)).change
    assert change is not None
    other = await desk.call(OTHER.id)
    with pytest.raises(NotFound):
        await confirm(desk, change, interaction=other)
    with pytest.raises(NotFound):
        await cancel(desk, change, interaction=other)


async def test_the_journal_shows_no_whole_number_and_no_address(desk: Desk) -> None:
    await changed(desk)
    desk.now += timedelta(hours=80)
    await desk.sweep()
    name = await desk.call()
    await ask(desk, ADDRESS, NEW_ADDRESS, interaction=name)
    bodies = "".join(await desk.ask("SELECT body::text FROM journal WHERE kind ~ '^contact[.]'"))
    assert "13800138000" not in bodies
    assert "中关村" not in bodies
    async with desk.database.transaction() as tx:
        assert "中关村" in await everything_stored(tx)


async def test_replaying_an_order_to_the_bank_changes_nothing(desk: Desk) -> None:
    async def order(value: str) -> PhoneNumber:
        async with desk.database.transaction() as tx:
            holder = await desk.bank.set_contact(
                tx,
                holder_id=HOLDER.id,
                field=PHONE,
                value=value,
                changed_at=desk.now,
                key="once",
                at=desk.now,
            )
        return holder.phone

    assert await order("+8613800138000") == NEW_PHONE
    assert await order("+8613900139000") == NEW_PHONE
    assert replace(HOLDER, phone=NEW_PHONE).name == (await desk.holder()).name
