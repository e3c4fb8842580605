"""The query password opens the account, locks itself, is kept nowhere (point 3; rows A2, E5)."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.captures import keys_in
from tests.journeys.desk import line_of, texts
from tests.journeys.people import AGENT_HZ, Caller, Stage
from tests.journeys.program import until
from tests.journeys.test_freezing import states, told
from tests.journeys.test_holding import keyed

Holders = Callable[..., dict[str, Any]]
Strangers = Callable[[], str]
AgentsFor = Callable[..., list[dict[str, Any]]]

WRONG = "918273"


async def identify(caller: Caller, holder: dict[str, Any]) -> None:
    """From a phone that is not registered: say by keys whom it is about."""
    await caller.hears("ask_card_tail")
    await caller.press(holder["cards"][0]["tail"])
    await caller.hears("ask_id_tail")
    await caller.press(keyed(holder["id_tail"]))


async def code_sent_to(stage: Stage, holder: dict[str, Any]) -> str:
    """Return the code in the newest message to the registered phone."""
    for text in reversed(await told(stage, holder)):
        found = re.search(r"验证码(\d{6})|^(?:【.*?】)?(\d{6}) is your code", text)
        if found:
            return str(found[1] or found[2])
    raise AssertionError("no code was sent")


async def test_from_another_phone_tails_and_query_password_open_the_balance(
    stage: Stage, holders: Holders, strangers: Strangers
) -> None:
    holder = holders()
    caller = await stage.caller(strangers())
    await caller.choose("zh")
    await caller.press("11")
    await identify(caller, holder)
    await caller.hears("ask_query_password")
    await caller.press(holder["query_password"])
    await caller.hears("balance_is|balance_in_credit")
    await caller.hang_up()
    shown = await caller.closed()
    bank = await stage.program.ask("holder", "show", holder["phone"])
    account = bank["accounts"][0]
    said = " ".join(texts(shown))
    assert account["owed"]["yuan"].removeprefix("-") in said
    assert account["available"]["yuan"] in said
    factors = {proof["factor"] for proof in shown["proofs"]}
    assert factors == {"card_and_id_tails", "query_password"}
    assert not any(line.get("key") in set("23456789") for line in shown["timeline"])


async def test_wrong_three_times_locks_the_password_but_not_the_way_nor_freezing(
    stage: Stage, holders: Holders, strangers: Strangers
) -> None:
    holder = holders()
    caller = await stage.caller(holder["phone"])
    await caller.choose("zh")
    await caller.press("11")
    for _ in range(2):
        await caller.hears("ask_query_password")
        await caller.press(WRONG)
        await caller.hears("query_password_wrong")
    await caller.hears("ask_query_password")
    await caller.press(WRONG)
    await caller.hears("query_password_locked", "code_sent", "ask_code")
    await caller.press(await code_sent_to(stage, holder))
    await caller.hears("balance_is|balance_in_credit")
    await caller.hang_up()

    other = await stage.caller(strangers())
    await other.choose("en")
    await other.press("11")
    await identify(other, holder)
    heard = await other.hears("ask_query_password|code_sent|query_password_locked")
    assert heard.name != "en/ask_query_password.0"

    again = await stage.caller(holder["phone"])
    await again.press("91")
    await again.hears("card_frozen")
    assert set((await states(stage, holder)).values()) == {"frozen"}


async def test_unknown_tails_may_be_tried_again_and_a_person_takes_over_after_three(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller = await stage.caller(strangers())
    await caller.choose("zh")
    await caller.press("11")
    for _ in range(3):
        await caller.hears("ask_card_tail")
        await caller.press("0000")
        await caller.hears("ask_id_tail")
        await caller.press("0000")
    talk = await agent.rings(within=15)
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)


async def test_hash_says_that_it_is_not_known_and_leads_to_a_person(
    stage: Stage, holders: Holders, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller = await stage.caller(holders()["phone"])
    await caller.choose("zh")
    await caller.press("11")
    await caller.hears("ask_query_password")
    await caller.press("#")
    talk = await agent.rings()
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)


async def change(caller: Caller, old: str, new: str) -> None:
    """Change the query password by keys, from the main menu on."""
    await caller.press("71")
    await caller.hears("ask_query_password")
    await caller.press(old + "#")
    await caller.hears("ask_new_password")
    await caller.press(new + "#")
    await caller.hears("ask_new_password_again")
    await caller.press(new + "#")


async def test_the_password_is_changed_by_keys_and_the_new_one_opens(
    stage: Stage, holders: Holders
) -> None:
    holder = holders()
    new = "740319"
    caller = await stage.caller(holder["phone"])
    await caller.choose("zh")
    await change(caller, holder["query_password"], new)
    await caller.hears("password_set")
    await caller.hang_up()
    assert any("查询密码已" in text for text in await told(stage, holder))
    again = await stage.caller(holder["phone"])
    await again.choose("zh")
    await again.press("11")
    await again.hears("ask_query_password")
    await again.press(new)
    await again.hears("balance_is|balance_in_credit")


async def test_a_password_that_is_easy_to_guess_or_typed_differently_is_asked_for_again(
    stage: Stage, holders: Holders
) -> None:
    holder = holders()
    caller = await stage.caller(holder["phone"])
    await caller.choose("zh")
    await change(caller, holder["query_password"], "123456")
    await caller.hears("password_weak", "ask_new_password")
    await caller.press("740319")
    await caller.hears("ask_new_password_again")
    await caller.press("740318")
    await caller.hears("passwords_differ", "ask_new_password")
    await caller.press("740319")
    await caller.hears("ask_new_password_again")
    await caller.press("740319")
    await caller.hears("password_set")


async def test_a_text_message_begins_a_reset_which_keys_complete(
    stage: Stage, holders: Holders
) -> None:
    holder = holders(where=lambda one: "X" not in one["id_tail"])
    text = f"CZMM#{holder['id_tail']}"
    replied = await stage.program.tell("sms", "receive", holder["phone"], text)
    assert replied.out.strip() == "reset-password"
    code = await code_sent_to(stage, holder)
    caller = await stage.caller(holder["phone"])
    await caller.choose("zh")
    await caller.press("72")
    await caller.hears("ask_card_tail")
    await caller.press(holder["cards"][0]["tail"])
    await caller.hears("ask_id_tail")
    await caller.press(holder["id_tail"])
    await caller.hears("ask_code")
    await caller.press(code)
    await caller.hears("ask_new_password")
    await caller.press("740319")
    await caller.hears("ask_new_password_again")
    await caller.press("740319")
    await caller.hears("password_set")
    assert any("已于" in one and "重置" in one for one in await told(stage, holder))


def files_of(home: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield everything that is kept in a home, the database included."""
    for path in home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


async def test_the_password_is_kept_nowhere(
    stage: Stage, holders: Holders, strangers: Strangers
) -> None:
    holder = holders()
    new = "608193"
    caller = await stage.caller(holder["phone"])
    await caller.choose("zh")
    await change(caller, holder["query_password"], new)
    await caller.hears("password_set")
    worker = stage.program.process_of("sip.recording.worker")
    worker.suspend()  # it takes the capture away when the recording is made
    try:
        await caller.hang_up()
        await caller.closed()
        captured = await until(
            lambda: keys_in(stage.program.home / "spool"), within=15, what="the capture"
        )
    finally:
        worker.resume()
    shown = await caller.closed(recorded=True)
    assert line_of(shown, "interaction.closed")["outcome"] == "hung-up"
    assert [line["key"] for line in shown["timeline"] if "key" in line] == ["1", "7", "1"]
    assert any("71" in pressed for pressed in captured.values()), captured
    assert all(new not in pressed for pressed in captured.values()), captured

    kept_files = [kept for _, kept in (*files_of(stage.program.home), *_logs(stage))]
    assert any(holder["phone"].encode() in kept for kept in kept_files)
    kept_nowhere(stage, new, holder["query_password"])


def kept_nowhere(stage: Stage, *secrets: str) -> None:
    """See that what somebody typed is in no file of a home: database, spool, recordings, logs."""
    kept_files = [*files_of(stage.program.home), *_logs(stage)]
    for secret in secrets:
        # Among so many digits six of them come together by chance: not within others, or hex.
        alone = re.compile(rb"(?<![0-9a-zA-Z.])" + secret.encode() + rb"(?![0-9a-zA-Z])")
        spaced = re.compile(rb"\D{1,3}".join(bytes([digit]) for digit in secret.encode()))
        for path, kept in kept_files:
            assert not alone.search(kept), path
            if path.suffix in (".marks", ".log"):
                assert not spaced.search(kept), path


def _logs(stage: Stage) -> Iterator[tuple[Path, bytes]]:
    yield stage.program.log_path, stage.program.log_path.read_bytes()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_keys_of_a_code_are_kept_nowhere_either(
    stage: Stage, holders: Holders, language: str
) -> None:
    holder = holders()
    caller = await stage.caller(holder["phone"])
    await caller.choose(language)
    await caller.press("72")
    await identify(caller, holder)
    await caller.hears("code_sent", "ask_code")
    code = await code_sent_to(stage, holder)
    await caller.press(code)
    await caller.hears("ask_new_password")
    kept = keys_in(stage.program.home / "spool")
    assert kept
    assert all(code not in pressed for pressed in kept.values()), kept
