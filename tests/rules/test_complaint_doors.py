"""The doors of complaints: what a form needs, the code of a stranger, the ways on of each pack."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.complaints.codes import Codes, KnownCode
from cardline.complaints.doors.config import FOLDER
from cardline.complaints.doors.model import DoorPolicy, Written
from cardline.complaints.doors.policy import door_policy
from cardline.complaints.doors.rules import (
    may_add,
    may_hand_in,
    people_of,
    reference_meant,
    speakers_of,
    staff_numbers,
)
from cardline.complaints.model import Complainant, Door, Proxy, Reach
from cardline.complaints.rules.opening import is_theirs, opens_by_code, ways_to
from cardline.core.ids import HolderId
from cardline.core.masking import Secret
from cardline.core.policy import AreaPolicy, Number, PolicyError, load_area
from cardline.portal.texts import load_texts
from tests.rules.complaint_cases import complaint

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)
SAID = Written("key", "客服答应退年费，没有退。", name="周婷", phone="13800001234")


def policy(pack: str = "cn") -> DoorPolicy:
    area = load_area("complaint_doors", pack=pack)
    return door_policy(area, lambda name: load_area(name, pack=pack))


def refusals(written: Written, *, files: int = 0) -> tuple[str, ...]:
    return may_hand_in(
        written, files=files, files_at_once=3, representatives=5, policy=policy()
    ).codes


def test_one_sentence_a_name_and_one_way_to_be_reached_are_enough() -> None:
    assert refusals(SAID) == ()
    assert refusals(replace(SAID, phone="", email="zhou@example.com")) == ()
    assert refusals(replace(SAID, phone="", address="杭州市文三路1号")) == ()


def test_without_a_name_it_is_a_complaint_too_and_a_holder_is_asked_for_nothing() -> None:
    bare = replace(SAID, name="", phone="")
    assert refusals(replace(bare, who="anonymous")) == ()
    assert refusals(replace(bare, known=True)) == ()
    assert refusals(bare) == ("name-needed", "reach-needed")


def test_every_fault_is_told_at_once() -> None:
    wrong = Written("k", "？", "字" * 4001, phone="12", email="x@", who="joint", people="0")
    assert set(refusals(wrong, files=4)) == {
        *("nothing-said", "demand-too-long", "phone-unclear", "email-unclear", "name-needed"),
        *("representative-needed", "people-unclear", "too-many-files"),
    }


def test_an_authority_that_is_missing_refuses_nothing() -> None:
    assert refusals(replace(SAID, who="proxy", speaker="周明")) == ()
    assert refusals(replace(SAID, who="proxy")) == ("speaker-needed",)


@pytest.mark.parametrize(
    ("people", "speaker", "fault"),
    [
        ("7", "甲\n乙", ()),
        ("2", "甲、乙", ()),
        ("1", "甲", ("people-unclear",)),
        ("2", "甲\n乙\n丙", ("people-unclear",)),
        ("七", "甲", ("people-unclear",)),
        ("9" * 7, "甲", ("people-unclear",)),
        ("20", "甲\n乙\n丙\n丁\n戊\n己", ("too-many-representatives",)),
        ("20", " \n ", ("representative-needed",)),
    ],
)
def test_several_choose_who_speaks_for_them(
    people: str, speaker: str, fault: tuple[str, ...]
) -> None:
    assert refusals(replace(SAID, who="joint", people=people, speaker=speaker)) == fault


@settings(max_examples=50, deadline=None)
@given(people=st.text(max_size=8), speaker=st.text(max_size=40))
def test_whatever_is_typed_about_people_is_read_without_a_fault(people: str, speaker: str) -> None:
    written = replace(SAID, who="joint", people=people, speaker=speaker)
    assert 0 <= people_of(written) <= 100_000
    assert all(one.strip() == one and one for one in speakers_of(written))
    refusals(written)


def test_staff_numbers_are_found_among_names() -> None:
    assert staff_numbers("工号6107的王经理，还有 6108、6107") == ("6107", "6108")
    assert staff_numbers("姓王的") == ()
    assert staff_numbers("13800001234") == ()


def test_an_addition_needs_words_or_files_and_has_bounds() -> None:
    def codes(text: str, files: int = 0) -> tuple[str, ...]:
        return may_add(text, files=files, files_at_once=3, policy=policy()).codes

    assert codes("") == ("empty",)
    assert codes("", 1) == ()
    assert codes("字" * 4001, 4) == ("statement-too-long", "too-many-files")


def test_a_code_is_read_as_it_was_meant_and_nothing_else_opens() -> None:
    codes = Codes(bytes(32))
    code = codes.new()
    known = KnownCode(codes.hash_of(code), keyed=True)
    plain = code.reveal()
    assert re.fullmatch(r"\d{4} \d{4} \d{4}", plain)
    wide = "".join(chr(ord(one) + 0xFEE0) if one.isdigit() else one for one in plain)
    looks_alike = plain.replace("0", "O").replace("1", "l")
    dashed = plain.replace(" ", "-")
    for typed in (plain, dashed, plain.replace(" ", ""), f" {plain}　", wide, looks_alike):
        assert codes.is_code(Secret(typed), known)
    for wrong in (plain[:-1], "", plain[::-1] + "0"):
        assert not codes.is_code(Secret(wrong), known)
    assert not codes.is_code(code, None)
    assert not codes.is_code(Secret(""), None)
    assert len({codes.new().reveal() for _ in range(500)}) == 500


def test_who_has_the_database_and_not_the_key_cannot_try_codes() -> None:
    code = Codes(bytes(32)).new()
    known = KnownCode(Codes(bytes(32)).hash_of(code), keyed=True)
    assert not Codes(b"k" * 32).is_code(code, known)
    assert known.hashed != hashlib.sha256(code.reveal().replace(" ", "").encode()).digest()
    with pytest.raises(ValueError, match="32 bytes"):
        Codes(b"short")


def test_a_word_from_before_there_was_a_key_still_opens() -> None:
    old = KnownCode(hashlib.sha256(b"7k3qdmxw2p9t").digest(), keyed=False)
    assert Codes(bytes(32)).is_code(Secret("7K3Q-dmxw-2p9t"), old)
    assert not Codes(bytes(32)).is_code(Secret("7K3Q-dmxw-2p9v"), old)


@pytest.mark.parametrize(
    "typed",
    [
        "C261127-7k3q1m",
        "c261127-7K3QLM",
        " C261127 7k3qim ",
        "Ｃ２６１１２７－７ｋ３ｑ１ｍ",
        "c2611277k3q1m",
    ],
)
def test_a_reference_is_read_as_it_was_meant(typed: str) -> None:
    assert reference_meant(typed) == "C261127-7k3q1m"


def test_what_is_no_reference_stays_what_it_is_without_signs() -> None:
    assert reference_meant("<b>C1</b>/../x") == "bC1bx"
    assert reference_meant("投诉") == ""


def test_a_code_goes_the_way_that_was_given_the_quickest_first() -> None:
    stranger = complaint(
        NOW,
        complainant=Complainant(
            None, "周婷", "", Reach("13800001234", "zhou@example.net", "杭州市文三路1号")
        ),
    )
    assert ways_to(stranger) == ("email", "sms", "letter")
    assert ways_to(stranger, "138 0000 1234") == ("sms", "email", "letter")
    landline = Reach(phone="01065551234")
    assert ways_to(replace(stranger, complainant=Complainant(None, "周婷", "", landline))) == ()
    on_paper = replace(stranger, door=Door.LETTER)
    assert "letter" not in ways_to(on_paper)


def test_a_holder_gets_no_code_but_who_speaks_for_one_does_at_their_own_ways() -> None:
    holders = complaint(NOW, complainant=Complainant(HolderId("h1")))
    assert not opens_by_code(holders)
    spoken = replace(holders, proxy=Proxy("周明", Reach(email="ming@example.net")))
    assert opens_by_code(spoken)
    assert ways_to(spoken) == ("email",)
    assert is_theirs(spoken, "MING@example.net")


def test_who_gave_nothing_but_an_address_names_themselves_and_nobody_else_can() -> None:
    letter = complaint(
        NOW,
        door=Door.LETTER,
        complainant=Complainant(None, "周 婷", "", Reach(address="地址见来信")),
    )
    assert is_theirs(letter, "周婷")
    assert not is_theirs(letter, "周明")
    with_phone = replace(letter, complainant=replace(letter.complainant, identity_tail="123X"))
    assert not is_theirs(with_phone, "周婷")
    assert is_theirs(with_phone, "123x")
    assert not is_theirs(replace(letter, complainant=Complainant()), "")


@pytest.mark.parametrize("pack", ["cn", "uk", "us"])
def test_every_way_on_has_its_text_in_both_languages(pack: str) -> None:
    texts, known = load_texts(FOLDER), policy(pack)
    for way in known.ways:
        for language in ("zh", "en"):
            assert texts.say(f"way.{way.name}.title", language)  # type: ignore[arg-type]
            how = texts.say(f"way.{way.name}.how", language, **known.facts)  # type: ignore[arg-type]
            assert "{" not in how
    assert any(way.line for way in known.ways)


def test_the_lines_of_the_cn_pack_are_those_of_its_guidance() -> None:
    lines = {way.name: way.line for way in policy().ways if way.line}
    assert lines == {"regulator": "12378", "pboc": "12363", "consumers": "12315", "junk": "12321"}


def test_a_pack_with_a_fault_is_refused() -> None:
    area = load_area("complaint_doors")
    for key, value in (
        ("lines", {"nobody": "123"}),
        ("lines", "12378"),
        ("ways", []),
        ("facts", {"ask_days": "complaints.nothing"}),
    ):
        numbers = area.numbers | {key: Number(key, value, "test", "P")}
        broken = AreaPolicy(area.pack, area.area, area.effective_from, numbers)
        with pytest.raises(PolicyError):
            door_policy(broken, load_area)
