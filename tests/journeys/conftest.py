"""The stage of the journeys: one bank for all, one server that they share, people on call."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cardline.hotline.flows.reading import DEFAULT_FLOW
from cardline.sim.phone import Phone, Voice
from cardline.sim.sound import tone
from tests.journeys.desk import Desk
from tests.journeys.made_up_holders import of_small_limit, who, with_annual_fee
from tests.journeys.people import OUTSIDE_HZ, Stage, skilled
from tests.journeys.post_office import PostOffice
from tests.journeys.program import Program, copy_home, free_port
from tests.journeys.shell import Shell
from tests.journeys.signer import know_signer
from tests.journeys.sounds import make_prompts

SILENCE_SECONDS = 3
"""Until a caller who presses nothing is asked again."""

APP_KEY = "the-gateway-of-the-app"
"""Shared with whoever brings messages of the app."""

Holder = dict[str, Any]


@pytest.fixture(scope="session")
def shell() -> Iterator[Shell]:
    """The command line, warmed up."""
    with Shell() as shell:
        yield shell


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short prompts, each with a tone of its own."""
    return make_prompts(tmp_path_factory.mktemp("prompts"))


@pytest.fixture(scope="session")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hotline's own flow, with less patience."""
    written = DEFAULT_FLOW.read_text(encoding="utf-8")
    quick = written.replace("silence_seconds: 6", f"silence_seconds: {SILENCE_SECONDS}")
    assert quick != written
    path = tmp_path_factory.mktemp("flow") / "quick.yaml"
    path.write_text(quick, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory, shell: Shell, prompts: Path, flow: Path) -> Path:
    """A home with the demonstration bank, on which nothing runs: copy it."""
    home = tmp_path_factory.mktemp("bank") / "home"
    program = Program(home, shell, prompts=prompts, flow=flow)
    with asyncio.Runner() as runner:
        try:
            runner.run(program.start("demo"))
            runner.run(program.stop())
        finally:
            left = program.processes()
            program.tear_down()
    assert not left, f"the demonstration left processes behind: {left}"
    return home


@pytest.fixture(scope="session")
def people(bank: Path, shell: Shell) -> dict[str, Any]:
    """Everybody in the demonstration bank."""
    told: dict[str, Any] = shell.run("demo-people", "--json", "--home", str(bank)).json
    return told


@pytest.fixture(scope="session")
def staff(people: dict[str, Any]) -> list[dict[str, Any]]:
    """Those who serve."""
    return list(people["staff"])


@pytest.fixture(scope="session")
def agents_for(staff: list[dict[str, Any]]) -> Callable[..., list[dict[str, Any]]]:
    """Return those who serve a matter in a language, the lead last."""

    def find(matter: str = "general", language: str = "zh") -> list[dict[str, Any]]:
        return skilled(staff, matter, language)

    return find


@pytest.fixture(scope="session")
def holders(people: dict[str, Any]) -> Callable[..., Holder]:
    """Return a holder whom no other test has had, with so many cards that are active.

    They speak Chinese: others would wait for agents who speak English. Those who fit a journey that
    few fit come last, so that whoever needs just anybody leaves them alone.
    """
    left = [holder for holder in people["holders"] if holder["language"] == "zh"]
    left.sort(key=who(lambda one: with_annual_fee(one) or of_small_limit(one)))

    def take(*, cards: int = 1, where: Callable[[Holder], bool] = lambda _: True) -> Holder:
        for holder in left:
            states = [card["state"] for card in holder["cards"]]
            if states == ["active"] * cards and where(holder):
                left.remove(holder)
                return dict(holder)
        raise AssertionError(f"no holder with {cards} active cards is left")

    return take


@pytest.fixture(scope="session")
def strangers() -> Callable[[], str]:
    """Return a telephone number that is registered with nobody, another one every time."""
    numbers = iter(range(13_711_100_001, 13_711_199_999, 13))

    def take() -> str:
        return f"+86{next(numbers)}"

    return take


@pytest.fixture
def make_program(
    bank: Path, shell: Shell, prompts: Path, flow: Path, tmp_path: Path
) -> Iterator[Callable[..., Program]]:
    """Make a program in a copy of the bank; it is killed when the test ends."""
    made: list[Program] = []

    def make(**settings: Any) -> Program:
        home = copy_home(bank, tmp_path / f"home{len(made)}")
        made.append(Program(home, shell, **{"prompts": prompts, "flow": flow, **settings}))
        return made[-1]

    yield make
    for program in made:
        program.tear_down()


@pytest.fixture(scope="session")
def program(
    bank: Path, shell: Shell, prompts: Path, flow: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """The server that most journeys share: nobody there breaks anything."""
    home = copy_home(bank, tmp_path_factory.mktemp("shared") / "home")
    trunk = f"sip:{{number}}@127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    mail = {
        "CARDLINE_MAIL_IN": f"127.0.0.1:{free_port(socket.SOCK_STREAM)}",
        "CARDLINE_MAIL_RELAY": f"127.0.0.1:{free_port(socket.SOCK_STREAM)}",
        "CARDLINE_MAIL_RELAY_PROTECTION": "none",
        "CARDLINE_APP_INBOUND_KEY": APP_KEY,
    }
    signers = {"CARDLINE_IDENTITY_SIGNERS": str(know_signer(home.parent))}
    environment = {**mail, **signers}
    program = Program(home, shell, prompts=prompts, flow=flow, trunk=trunk, environment=environment)
    with asyncio.Runner() as runner:
        try:
            runner.run(program.start())
            yield program
            runner.run(program.stop())
            left = program.processes()
        finally:
            program.tear_down()
    assert not left, f"the server left processes behind: {left}"


@pytest.fixture
def lead_token(staff: list[dict[str, Any]]) -> str:
    """The token of somebody who sees everything."""
    return next(str(one["token"]) for one in staff if one["role"] == "lead")


@pytest.fixture
async def stage(program: Program, lead_token: str) -> AsyncIterator[Stage]:
    """Callers and agents at the shared server; they go home by themselves."""
    stage = Stage(program, Desk(program, lead_token))
    yield stage
    await stage.strike()


@pytest.fixture(scope="session")
def hurt_programs(
    bank: Path, shell: Shell, prompts: Path, flow: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Program]]:
    """Return the server that tests may hurt; another one where it did not come back to life."""
    made: list[Program] = []

    def current() -> Program:
        if made and made[-1].process and made[-1].process.poll() is None:
            return made[-1]
        home = copy_home(bank, tmp_path_factory.mktemp("hurt") / "home")
        made.append(Program(home, shell, prompts=prompts, flow=flow))
        made[-1].launch()
        return made[-1]

    with asyncio.Runner() as runner:
        try:
            yield current
            runner.run(made[-1].stop())
            left = made[-1].processes()
        finally:
            for program in made:
                program.tear_down()
    assert not left, f"the server left processes behind: {left}"


@pytest.fixture
async def hurt(hurt_programs: Callable[[], Program], lead_token: str) -> AsyncIterator[Stage]:
    """Callers and agents at a server that is going to be hurt."""
    program = hurt_programs()
    await program.ready()
    stage = Stage(program, Desk(program, lead_token))
    yield stage
    await stage.strike()


@pytest.fixture
async def outside(program: Program) -> AsyncIterator[Phone]:
    """The telephone network behind the trunk: every number outside is this phone."""
    port = int(program.trunk.rpartition(":")[2])
    async with Phone(
        port=port, max_calls=5, voice=Voice(sound=tone(OUTSIDE_HZ), keep_seconds=60)
    ) as phone:
        yield phone


@pytest.fixture(scope="session")
def post_office(program: Program) -> Iterator[PostOffice]:
    """The mail servers of the world: all that the bank writes comes to them."""
    with PostOffice(program) as post_office:
        yield post_office


@pytest.fixture
def as_root() -> None:
    """Skip a test that mounts something where that is not permitted."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
