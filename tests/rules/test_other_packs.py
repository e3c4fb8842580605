"""A bank elsewhere: what its pack takes from another, and where it is at home."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cardline.cards.model import ContactField
from cardline.cards.rules.contact_change import is_fit
from cardline.complaints.doors.config import ways_on
from cardline.core.home import Home, home, home_of, settle
from cardline.core.phone import PhoneNumber, national, parse_phone
from cardline.core.policy import PACKS, PolicyError, load_area, taken_by
from cardline.desk.knowledge.reading import load_knowledge
from cardline.trust.model import Answer, OfficialKind
from cardline.trust.policy import load_trust
from cardline.trust.rules import is_ours
from cardline.trust.words import catalogue, tips
from tests.rules.trust_people import NOW

OTHERS = ("uk", "us")
AREAS = sorted(path.stem for path in (PACKS / "cn").glob("*.toml"))
CHINESE_LINES = ("12378", "12363", "12315", "12321", "96110", "12356")


@pytest.fixture
def abroad() -> Iterator[None]:
    """Let each test settle where it wants to; afterwards the bank is at home in China again."""
    yield
    settle(Home())


@pytest.mark.parametrize("pack", OTHERS)
def test_a_pack_has_every_area_or_says_from_which_it_takes_it(pack: str) -> None:
    own = {path.stem for path in (PACKS / pack).glob("*.toml")} - {"pack"}
    assert own | taken_by(pack).areas.keys() == set(AREAS)
    for area in AREAS:
        found = load_area(area, pack=pack)
        assert found.pack == (pack if area in own else "cn")  # no verdict claims an unread law
        assert all(one.source and one.kind in "TSPC" for one in found.numbers.values())


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ('base = "cn"', "needs base"),
        ('base = "cn"\n[taken]\ncards = ""', "cards does not say what it means"),
        ('base = "cn"\n[taken]\nhere = "x"', "here is taken, and there too"),
        ('base = "cn"\n[taken]\nnowhere = "x"', "pack cn has no nowhere either"),
        ("base = ", "pack.toml"),
    ],
)
def test_what_a_pack_takes_is_said_whole_or_refused(
    tmp_path: Path, written: str, what: str
) -> None:
    for pack, area in (("cn", "cards"), ("xx", "here")):
        (tmp_path / pack).mkdir()
        (tmp_path / pack / f"{area}.toml").write_text("effective_from = 2026-01-01")
    (tmp_path / "xx" / "pack.toml").write_text(written)
    with pytest.raises(PolicyError, match=what):
        load_area("cards", pack="xx", folder=tmp_path)


@pytest.mark.parametrize(
    ("pack", "zone", "language", "dialled", "number"),
    [
        ("cn", "Asia/Shanghai", "zh", "02160000000", "+862160000000"),
        ("uk", "Europe/London", "en", "07911123456", "+447911123456"),
        ("us", "America/New_York", "en", "2025550143", "+12025550143"),
    ],
)
def test_a_number_is_read_and_dialled_as_people_at_home_do(
    pack: str, zone: str, language: str, dialled: str, number: str, abroad: None
) -> None:
    settle(home_of(load_area("complaints", pack=pack)))
    assert (home().zone.key, home().language) == (zone, language)
    assert parse_phone(dialled) == number
    assert national(PhoneNumber(number)) == dialled
    assert national(PhoneNumber("+33140000000")) == "+33140000000"
    assert parse_phone(number) == number  # with its code it is read the same everywhere


def test_a_new_number_of_a_holder_is_a_mobile_one_of_home(abroad: None) -> None:
    british, chinese = "+447911123456", "+8613800138000"
    assert is_fit(ContactField.PHONE, chinese)
    assert not is_fit(ContactField.PHONE, british)
    settle(home_of(load_area("complaints", pack="uk")))
    assert is_fit(ContactField.PHONE, british)
    assert not is_fit(ContactField.PHONE, chinese)
    assert not is_fit(ContactField.PHONE, "+442079460018")
    assert not is_fit(ContactField.PHONE, "+44nonsense")


@pytest.mark.parametrize("pack", OTHERS)
def test_nobody_abroad_is_told_a_line_of_china(pack: str, abroad: None) -> None:
    settle(home_of(load_area("complaints", pack=pack)))
    knowledge = load_knowledge(hotline="95500", on=date(2026, 12, 1), pack=pack)
    told = [
        text
        for article in knowledge.articles.values()
        for words in article.texts.values()
        for text in (words.title, words.body)
    ]
    told += [step for script in knowledge.scripts for step in script.steps]
    trust = load_trust(pack=pack, hotline="95500")
    told += [
        text.format_map(trust.lines)
        for words in (*catalogue()["steps"].values(), *tips().values())
        for text in (words.zh, words.en)
    ]
    told += [f"{way.line} {way.how.zh} {way.how.en}" for way in ways_on(pack=pack)]
    assert not [text for text in told if any(line in text for line in CHINESE_LINES)]
    lacking = [
        number
        for number in trust.policy.public_services
        if f"service-{number}" not in catalogue()["reasons"]
    ]
    assert not lacking


def test_a_number_is_from_abroad_where_it_is_not_of_home(abroad: None) -> None:
    policy = load_trust(pack="uk").policy
    settle(home_of(load_area("complaints", pack="uk")))
    at_home = is_ours(OfficialKind.NUMBER, "020 7946 0018", (), policy, at=NOW)
    assert (at_home.answer, at_home.codes) == (Answer.NO, ("not-in-registry",))
    chinese = is_ours(OfficialKind.NUMBER, "+862160000000", (), policy, at=NOW)
    assert "foreign-number" in chinese.codes
