"""``demo-people``, ``outbox``, ``sms receive``, ``doctor``: looking at an installation."""

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
    settings_for,
)
from cardline.app.commandline import with_parts as with_installation
from cardline.app.demo.bank import people_view
from cardline.app.operation.doctor import examine
from cardline.app.wiring import Parts
from cardline.core.clock import utc_now
from cardline.core.ids import new_id
from cardline.core.phone import parse_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.login import totp
from cardline.messages.actions import outbox_view
from cardline.messages.inbound import receive_sms

sms = typer.Typer(help="Short messages.", no_args_is_help=True)
app.add_typer(sms, name="sms")


@app.command("demo-people")
def demo_people(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """List the made-up people of the demonstration, with their made-up secrets."""

    async def work(parts: Parts) -> JsonObject:
        async with parts.database.transaction() as tx:
            return await people_view(tx, parts)

    told = with_installation(home, database, work)
    if json:
        print_json(told)
        return
    if not told["holders"]:
        fail("there is no demonstration bank here; make one: cardline demo")
    say("phone           id tail  query password  name  cards")
    for one in told["holders"]:
        cards = ", ".join(f"{card['tail']} {card['state']}" for card in one["cards"])
        secrets = f"{one['id_tail']}     {one['query_password']}        "
        say(f"{one['phone']}  {secrets}  {one['name']}  {cards}")
    say("\nstaff  role          phone user  phone password  API token                         name")
    for one in told["staff"]:
        phone = f"{one['phone_user'] or '':10}  {one['phone_password'] or '':14}"
        say(f"{one['number']:6} {one['role']:13} {phone}  {one['token']}  {one['name']}")


@app.command("demo-login")
def demo_login(
    number: Annotated[str, typer.Argument(help="Staff number, as in demo-people")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Show with what somebody of the demonstration's staff logs in at /desk now."""

    async def work(parts: Parts) -> JsonObject:
        async with parts.database.transaction() as tx:
            return await people_view(tx, parts)

    told = with_installation(home, database, work)
    known = next((one for one in told["staff"] if one["number"] == number), None)
    if known is None:
        numbers = ", ".join(one["number"] for one in told["staff"]) or "nobody: run cardline demo"
        fail(f"nobody of the demonstration has the number {number}; there are: {numbers}")
    now = utc_now()
    code = totp.code_of(totp.secret_of(known["totp_secret"]), totp.step_of(now))
    left = totp.STEP_SECONDS - int(now.timestamp()) % totp.STEP_SECONDS
    shown = {"number": number, "password": known["password"], "code": code, "seconds": left}
    if json:
        print_json(shown)
        return
    say(f"number    {number}  ({known['name']}, {known['role']})")
    say(f"password  {known['password']}")
    say(f"code      {code}  (once, for {left} s more; then ask again)")


@app.command()
def outbox(
    home: Home = DEFAULT_HOME,
    database: Database = None,
    limit: Annotated[int, typer.Option(min=1, max=100000)] = 1000,
    json: AsJson = False,
) -> None:
    """List the short messages that went out, or would have."""

    async def work(parts: Parts) -> list[JsonObject]:
        async with parts.database.transaction() as tx:
            return await outbox_view(tx, limit=limit)

    found = with_installation(home, database, work)
    if json:
        print_json(found)
        return
    for one in found:
        say(f"{str(one['at'])[:19]}  {one['to']}  {one['state']:8} {one['text']}")


@sms.command()
def receive(
    sender: Annotated[str, typer.Argument(help="Number that it comes from.")],
    text: Annotated[str, typer.Argument(help="What it says.")],
    home: Home = DEFAULT_HOME,
    database: Database = None,
) -> None:
    """Take a short message as if the gateway had delivered it; the reply is in the outbox."""
    number = parse_phone(sender)
    if number is None:
        fail(f"{sender!r} is no telephone number")

    async def work(parts: Parts) -> str:
        async def take(tx: Transaction) -> str:
            received = await receive_sms(
                tx,
                message=new_id("gw"),
                from_number=number,
                text=text,
                bank=parts.bank,
                config=parts.identity,
                at=utc_now(),
            )
            return str(received.command)

        return await parts.database.run(take)

    say(with_installation(home, database, work))


@app.command()
def doctor(home: Home = DEFAULT_HOME, database: Database = None, json: AsJson = False) -> None:
    """Say what this machine and this installation can do, and what is missing."""
    findings = examine(settings_for(home, database))
    if json:
        print_json([{"what": one.what, "ok": one.ok, "detail": one.detail} for one in findings])
    else:
        for one in findings:
            say(f"{'ok     ' if one.ok else 'MISSING'}  {one.what:22} {one.detail}")
    if not all(one.ok for one in findings):
        raise typer.Exit(1)
