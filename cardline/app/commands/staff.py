"""``staff add`` and ``staff list``."""

import secrets
from typing import Annotated

import typer

from cardline.app.cli import DEFAULT_HOME, AsJson, Database, Home, app, fail, print_json, say
from cardline.app.cli import with_parts as with_installation
from cardline.app.people import NewColleague, add_colleague
from cardline.app.wiring import Parts
from cardline.core.clock import utc_now
from cardline.desk import staff as desk_staff
from cardline.desk.staff_model import ROLES, Staff

staff = typer.Typer(help="People who serve.", no_args_is_help=True)
app.add_typer(staff, name="staff")


@staff.command()
def add(
    number: Annotated[str, typer.Argument(help="Staff number, as told to callers.")],
    name: Annotated[str, typer.Argument(help="Name.")],
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(ROLES)}.")] = "agent",
    skill: Annotated[list[str] | None, typer.Option(help="Matter whose test was passed.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="zh, en.")] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Add somebody; shows the API token and the password of the desk phone, once."""
    if role not in ROLES:
        fail(f"there is no role {role}; one of: {', '.join(ROLES)}")
    colleague = NewColleague(
        number=number,
        name=name,
        role=next(own for own in ROLES if own == role),
        skills=tuple(skill or ()),
        languages=tuple("en" if one == "en" else "zh" for one in language or ["zh"]),
        token=desk_staff.new_token(),
        phone_password=secrets.token_urlsafe(12),
    )

    async def work(parts: Parts) -> bool:
        async with parts.database.transaction() as tx:
            return await add_colleague(tx, colleague, realm=parts.settings.realm, at=utc_now())

    if not with_installation(home, database, work):
        fail(f"staff number {number} is taken")
    told = {
        "number": number,
        "token": colleague.token,
        "phone_user": colleague.phone_user,
        "phone_password": colleague.phone_password,
    }
    if json:
        print_json(told)
    else:
        for what, value in told.items():
            say(f"{what:15} {value}")
        say("Write these down: they are not shown again.")


@staff.command("list")
def list_staff(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """List everybody who has not left."""

    async def work(parts: Parts) -> list[Staff]:
        async with parts.database.transaction() as tx:
            return await desk_staff.all_staff(tx)

    found = with_installation(home, database, work)
    if json:
        print_json(found)
    for one in found if not json else []:
        say(f"{one.number:8} {one.role:14} {one.name}")
