"""``staff``: add, renew, password, forget-second-factor, grant, leave, list."""

import secrets
from typing import Annotated

import typer

from cardline.app.commandline import (
    DEFAULT_HOME,
    AsJson,
    Database,
    Home,
    app,
    fail,
    print_json,
    say,
)
from cardline.app.commandline import with_parts as with_installation
from cardline.app.people import add_colleague, known_matter, new_colleague
from cardline.app.wiring import Parts
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.errors import Invalid
from cardline.core.masking import Secret
from cardline.core.verdict import Verdict
from cardline.desk.login import credentials
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import ROLES, Role, Staff
from cardline.routing import actions as routing
from cardline.routing.model import AgentEvent

staff = typer.Typer(help="People who serve.", no_args_is_help=True)
app.add_typer(staff, name="staff")

Number = Annotated[str, typer.Argument(help="Staff number, as told to callers.")]


@staff.command()
def add(
    number: Number,
    name: Annotated[str, typer.Argument(help="Name.")],
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(ROLES)}.")] = "agent",
    skill: Annotated[list[str] | None, typer.Option(help="Matter whose test was passed.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="zh, en; zh by default.")] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Add somebody; shows the API token and the password of the desk phone, once."""

    async def work(parts: Parts) -> dict[str, str | None]:
        colleague = new_colleague(
            number,
            name,
            _role(role),
            skills=skill or [],
            languages=language or ["zh"],
            policy=parts.routing,
        )
        async with parts.database.transaction() as tx:
            if not await add_colleague(tx, colleague, realm=parts.settings.realm, at=utc_now()):
                fail(f"staff number {number} is taken")
        password = colleague.phone_password if colleague.phone_user else None
        return _credentials(number, colleague.token, colleague.phone_user, password)

    _show_once(with_installation(home, database, work), json=json)


@staff.command()
def renew(
    number: Number, home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False
) -> None:
    """Make a new token and phone password; the old ones stop working at once."""

    async def work(parts: Parts) -> dict[str, str | None]:
        token, password = desk_staff.new_token(), secrets.token_urlsafe(12)
        async with parts.database.transaction() as tx:
            user = (await desk_staff.find(tx, number)).phone_user
            ha1 = desk_staff.digest_ha1(user, parts.settings.realm, password) if user else None
            await desk_staff.renew(
                tx, number, token=token, phone_ha1=ha1, by=OPERATOR, at=utc_now()
            )
        return _credentials(number, token, user, password if user else None)

    _show_once(with_installation(home, database, work), json=json)


@staff.command()
def password(
    number: Number,
    generate: Annotated[bool, typer.Option(help="Make one and show it, once.")] = False,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Set the password for the browser; asks for it twice. All sessions end, a lock is lifted."""
    chosen = credentials.new_password() if generate else _asked_twice()

    async def work(parts: Parts) -> Verdict:
        return await credentials.set_password(
            parts.database,
            number=number,
            password=chosen,
            config=parts.login,
            by=OPERATOR,
            at=utc_now(),
        )

    verdict = with_installation(home, database, work)
    if not verdict.allowed:
        fail(f"this password is refused: {', '.join(verdict.codes)}")
    if generate:
        _show_once({"number": number, "password": chosen.reveal()}, json=json)
    elif json:
        print_json({"number": number})
    else:
        say(f"{number} may log in with it")


@staff.command("forget-second-factor")
def forget_second_factor(
    number: Number, home: Home = DEFAULT_HOME, database: Database = None
) -> None:
    """Delete a second factor that was lost; the next log-in enrols a new one. Sessions end."""

    async def work(parts: Parts) -> bool:
        async with parts.database.transaction() as tx:
            return await credentials.forget_second_factor(tx, number, by=OPERATOR, at=utc_now())

    if not with_installation(home, database, work):
        fail(f"{number} has no second factor")
    say(f"{number} enrols a new second factor at the next log-in")


@staff.command()
def grant(
    number: Number,
    skill: Annotated[str, typer.Argument(help="Matter whose test was passed.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
) -> None:
    """Let somebody take calls of one more matter."""

    async def work(parts: Parts) -> None:
        at = utc_now()
        async with parts.database.transaction() as tx:
            agent = (await desk_staff.find(tx, number)).agent_id
            if agent is None:
                fail(f"{number} takes no calls")
            matter = known_matter(skill, parts.routing)
            await routing.grant_skill(
                tx, agent=agent, matter=matter, passed_at=at, at=at, by=OPERATOR
            )

    with_installation(home, database, work)
    say(f"{number} may now take calls of {skill}")


@staff.command()
def leave(number: Number, home: Home = DEFAULT_HOME, database: Database = None) -> None:
    """Let somebody go: token, phone and sessions stop working at once; what they did stays."""

    async def work(parts: Parts) -> None:
        at = utc_now()
        async with parts.database.transaction() as tx:
            agent = (await desk_staff.leave(tx, number, by=OPERATOR, at=at)).agent_id
            if agent:
                await routing.set_agent_state(
                    tx,
                    agent=agent,
                    event=AgentEvent.LOG_OUT,
                    policy=parts.routing,
                    at=at,
                    by=OPERATOR,
                )

    with_installation(home, database, work)
    say(f"{number} has left")


@staff.command("list")
def list_staff(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """List everybody who has not left."""

    async def work(parts: Parts) -> list[Staff]:
        async with parts.database.transaction() as tx:
            return await desk_staff.all_staff(tx)

    found = with_installation(home, database, work)
    if json:
        print_json(found)
        return
    for one in found:
        say(f"{one.number:8} {one.role:14} {one.name}")


def _asked_twice() -> Secret:
    return Secret(typer.prompt("Password", hide_input=True, confirmation_prompt="Once more"))


def _role(text: str) -> Role:
    for role in ROLES:
        if text == role:
            return role
    raise Invalid(f"there is no role {text}; one of: {', '.join(ROLES)}")


def _credentials(
    number: str, token: str, user: str | None, password: str | None
) -> dict[str, str | None]:
    return {"number": number, "token": token, "phone_user": user, "phone_password": password}


def _show_once(told: dict[str, str | None], *, json: bool) -> None:
    if json:
        print_json(told)
        return
    for what, value in told.items():
        if value:
            say(f"{what:15} {value}")
    say("Write these down: they are not shown again.")
