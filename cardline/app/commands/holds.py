"""``evidence hold``: legal holds at the command line (row F3).

Whoever types here is an operator without a name of their own. They may place a hold, which
protects, and ask that one be lifted, which changes nothing. They never lift: that takes a second
person with a name, and two people with one shell would be one.
"""

from typing import Annotated

import typer

from cardline.app.commandline import (
    DEFAULT_HOME,
    AsJson,
    Database,
    Home,
    fail,
    print_json,
    say,
)
from cardline.app.commandline import with_parts as with_installation
from cardline.app.evidence.packs.making import subject_of_phone
from cardline.app.wiring import Parts
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.retention import actions
from cardline.evidence.retention.model import Hold, Subject

hold = typer.Typer(help="Legal holds: what is never erased.", no_args_is_help=True)

_NUMBER = "operator"
"""Under which holds of the command line stand, where others have a staff number."""

Why = Annotated[str, typer.Option(help="Why; it is journaled, and compliance sees it.")]


@hold.command("list")
def list_holds(
    lifted: Annotated[bool, typer.Option("--lifted", help="Those that were lifted, too.")] = False,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """List the holds that lie, newest first."""

    async def work(parts: Parts) -> list[Hold]:
        async with parts.database.transaction() as tx:
            found = await actions.holds(tx, limit=None)
        return [one for one in found if lifted or one.lifted_at is None]

    found = with_installation(home, database, work)
    if json:
        print_json([_told(one) for one in found])
        return
    for one in found:
        what, name = one.subject
        say(f"{one.id}  {what} {name}  by {one.set_by} {one.set_at:%Y-%m-%d %H:%M}  {_state(one)}")
        say(f"    {one.reason}")
    if not found:
        say("no hold lies")


@hold.command()
def place(
    reason: Why,
    holder: Annotated[
        str | None, typer.Option(metavar="PHONE", help="On a holder, by registered number.")
    ] = None,
    complaint: Annotated[str | None, typer.Option(metavar="REF", help="On a complaint.")] = None,
    interaction: Annotated[
        str | None, typer.Option(metavar="ID", help="On a conversation.")
    ] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Let nothing of a holder, a complaint or a conversation be erased from now on."""
    if [bool(holder), bool(complaint), bool(interaction)].count(True) != 1:
        fail("name one of --holder, --complaint and --interaction")

    async def work(parts: Parts) -> Hold:
        async def set_it(tx: Transaction) -> Hold:
            subject: Subject
            if holder:
                found = (await subject_of_phone(tx, parts, holder)).holder
                assert found is not None, "a pack of a holder is of that holder"
                subject = ("holder", found)
            elif complaint:
                subject = ("complaint", complaint)
            else:
                subject = ("interaction", interaction or "")
            return await actions.set_hold(
                tx, subject, reason=reason, number=_NUMBER, by=OPERATOR, at=utc_now(),
                known=parts.retention.known,
            )  # fmt: skip

        return await parts.database.run(set_it)

    made = with_installation(home, database, work)
    if json:
        print_json(_told(made))
    else:
        say(f"{made.id}: nothing of {' '.join(made.subject)} is erased until two people lift it")


@hold.command("ask-to-lift")
def ask_to_lift(
    name: Annotated[str, typer.Argument(metavar="HOLD", help="The id of the hold.")],
    reason: Why,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Ask that a hold be lifted; somebody of compliance lifts it at the desk, or does not."""

    async def work(parts: Parts) -> Hold:
        async def ask(tx: Transaction) -> Hold:
            return await actions.ask_to_lift(
                tx, name, reason=reason, number=_NUMBER, by=OPERATOR, at=utc_now()
            )

        return await parts.database.run(ask)

    asked = with_installation(home, database, work)
    if json:
        print_json(_told(asked))
    else:
        say(f"{asked.id} still lies: somebody of compliance must lift it at the desk")


def _state(one: Hold) -> str:
    if one.lifted_at is not None:
        return f"lifted by {one.lifted_by} {one.lifted_at:%Y-%m-%d %H:%M}"
    if one.lift_asked_by is not None:
        return f"lies; {one.lift_asked_by} asks to lift it: {one.lift_reason}"
    return "lies"


def _told(one: Hold) -> JsonObject:
    what, name = one.subject
    return {
        "hold": one.id,
        "on": what,
        "of": name,
        "reason": one.reason,
        "set_by": one.set_by,
        "set_at": one.set_at.isoformat(),
        "lift_reason": one.lift_reason,
        "lift_asked_by": one.lift_asked_by,
        "lift_asked_at": one.lift_asked_at.isoformat() if one.lift_asked_at else None,
        "lifted_by": one.lifted_by,
        "lifted_at": one.lifted_at.isoformat() if one.lifted_at else None,
    }
