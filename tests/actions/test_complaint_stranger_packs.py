"""Evidence for whoever complained without a log-in: by the word and by what they gave (row C6)."""

from pathlib import Path

import pytest

from cardline.adapters.postgres.database import Database
from cardline.evidence.packs.model import PackId
from tests.actions.portal_house import House
from tests.actions.test_complaint_pages import word_of


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> House:
    house = House(database, tmp_path)
    await house.fill()
    return house


async def made(house: House) -> PackId:
    """Let the job have made the pack that waits."""
    [pack] = await house.ask(
        "UPDATE evidence_pack SET state = 'ready', made_at = asked_at, bytes = 4, missing = 0,"
        " ends_at = asked_at + interval '7 days' WHERE state = 'asked' RETURNING id"
    )
    path = house.folder / "evidence" / "packs" / f"{pack}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PK..")
    return PackId(str(pack))


@pytest.mark.parametrize("given", ["138 0000 1234", "+8613800001234", "ZHOU@example.com", "123x"])
async def test_the_word_and_what_was_given_have_a_pack_made_and_fetch_it(
    house: House, given: str
) -> None:
    reference, word = await word_of(house, email="zhou@example.com", tail="123X")
    browser = house.browser(host="198.51.100.7")
    at, form = f"/complain/{reference}/evidence", {"word": word, "given": given}
    asked = await browser.post(at, form)
    assert asked.status_code == 200
    assert "正在制作" in asked.text
    again = await browser.post(at, form)
    assert "正在制作" in again.text
    [(complaint, holder, audience, by)] = await house.ask(
        "SELECT complaint, holder, audience, asked_by FROM evidence_pack"
    )
    assert (complaint, holder, audience) == (reference, None, "holder")
    assert by == f"caller:{reference}"
    await made(house)
    fetched = await browser.post(at, form)
    assert (fetched.headers["content-type"], fetched.content) == ("application/zip", b"PK..")
    kinds = await house.ask(
        "SELECT kind FROM journal WHERE kind LIKE 'evidence.pack%%' ORDER BY kind"
    )
    assert kinds == ["evidence.pack-fetched", "evidence.packed", "evidence.packed"]


async def test_the_word_alone_gives_no_pack_and_wrong_tries_are_counted(house: House) -> None:
    reference, word = await word_of(house)
    at = f"/complain/{reference}/evidence"
    for turn, given in enumerate(["", "13800009999", "周婷", "x@example.com", "123X"] * 2):
        guesser = house.browser(host=f"198.51.{turn}.7")
        wrong = await guesser.post(at, {"word": word, "given": given})
        assert wrong.status_code == 422
        assert "对不上" in wrong.text
    own = house.browser(host="203.0.113.5")
    right = {"word": word, "given": "13800001234"}
    assert (await own.post(at, right)).status_code == 422
    assert await house.ask("SELECT id FROM evidence_pack") == []
    house.later(hours=25)
    assert "正在制作" in (await own.post(at, right)).text


async def test_without_the_word_it_is_as_if_there_were_no_such_reference(house: House) -> None:
    reference, _ = await word_of(house)
    form = {"word": "aaaa-bbbb-cccc", "given": "13800001234"}
    pages = [
        await house.browser(host="198.51.100.7").post(f"/complain/{one}/evidence", form)
        for one in (reference, "C261123-000000")
    ]
    assert [one.status_code for one in pages] == [422, 422]
    assert all("编号或口令不对" in one.text for one in pages)
    assert await house.ask("SELECT id FROM evidence_pack") == []


async def test_whom_nobody_knows_and_a_proxy_who_has_shown_nothing_get_no_pack(
    house: House,
) -> None:
    unnamed, first = await word_of(house, **{"as": "anonymous", "name": "", "phone": ""})
    seen = await house.browser().post(f"/complain/{unnamed}", {"word": first})
    assert "证据包" not in seen.text
    spoken, second = await word_of(house, **{"as": "proxy", "key": "b" * 20, "speaker": "周明"})
    for reference, word in ((unnamed, first), (spoken, second)):
        refused = await house.browser(host="198.51.100.9").post(
            f"/complain/{reference}/evidence", {"word": word, "given": "13800001234"}
        )
        assert refused.status_code == 422
    assert await house.ask("SELECT id FROM evidence_pack") == []
