"""The shared words: verdicts, money, telephone numbers, masks, secrets, policy packs."""

import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.ids import new_id
from cardline.core.masking import Secret, luhn_ok, mask_card_numbers, mask_pan, mask_phone
from cardline.core.money import round_fen, to_fen, yuan
from cardline.core.phone import PhoneNumber, national, parse_phone
from cardline.core.policy import PACKS, PolicyError, load_area
from cardline.core.verdict import Reason, RuleVersion, Verdict, judge

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULE = RuleVersion("test/1")


def test_a_verdict_without_refusals_is_yes() -> None:
    verdict = judge(RULE, [None, None])
    assert verdict.allowed
    assert verdict.not_before is None


def test_a_verdict_names_every_reason_and_the_time_when_the_last_of_them_ends() -> None:
    verdict = judge(
        RULE,
        [Reason("quiet-hours", "s", NOON), None, Reason("cap", "s", NOON + timedelta(days=1))],
    )
    assert verdict.codes == ("quiet-hours", "cap")
    assert verdict.not_before == NOON + timedelta(days=1)


def test_a_reason_without_an_end_makes_it_a_plain_no() -> None:
    verdict = Verdict(RULE, (Reason("quiet-hours", "s", NOON), Reason("withdrawn", "s")))
    assert verdict.not_before is None
    assert not verdict.allowed


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("086-13800138000", "+8613800138000"),
        ("+15551234567", "+15551234567"),
        ("+8615409048414", "+8615409048414"),
        ("c12", None),
        ("anonymous", None),
        ("", None),
        ("95588", None),
        ("abc", None),
    ],
)
def test_numbers_are_read_as_lines_and_people_write_them(text: str, number: str | None) -> None:
    assert parse_phone(text) == number


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("+8613800138000", "13800138000"),
        ("+861012345678", "01012345678"),
        ("+8675512345678", "075512345678"),
        ("+15551234567", "+15551234567"),
    ],
)
def test_a_number_is_dialled_as_people_dial_it(number: str, dialled: str) -> None:
    assert national(PhoneNumber(number)) == dialled


@given(st.integers(-(10**12), 10**12))
def test_an_amount_written_and_read_again_is_the_same(fen: int) -> None:
    assert to_fen(yuan(fen).replace(",", "")) == fen


@pytest.mark.parametrize("text", ["1.234", "x", "NaN", "inf", ""])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals"):
        to_fen(text)


def test_halves_of_a_fen_are_rounded_up() -> None:
    assert [round_fen(Decimal(text)) for text in ("0.5", "1.5", "2.49")] == [1, 2, 2]


def test_masks_show_what_may_be_shown() -> None:
    assert mask_phone("+8613800138000") == "138****8000"
    assert mask_phone("12345") == "*****"
    assert mask_pan("6222021234567890128").endswith("0128")


def test_a_card_number_is_masked_wherever_it_stands_and_other_numbers_are_not() -> None:
    text = "card 4111 1111 1111 1111, order 1234567890123456, call 13800138000"
    masked = mask_card_numbers(text)
    assert "4111 1111" not in masked
    assert "1111" in masked
    assert "1234567890123456" in masked
    assert "13800138000" in masked


@given(st.text("0123456789", min_size=12, max_size=18))
def test_every_number_has_exactly_one_right_check_digit(head: str) -> None:
    assert sum(luhn_ok(head + digit) for digit in "0123456789") == 1


def test_a_secret_never_shows_itself() -> None:
    secret = Secret("852153")
    assert "852153" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_ids_sort_by_time_and_fit_into_file_names() -> None:
    ids = [new_id("i") for _ in range(200)]
    assert len(set(ids)) == 200
    assert all(one.isalnum() and one.islower() for one in ids)


@pytest.mark.parametrize("area", sorted(path.stem for path in (PACKS / "cn").glob("*.toml")))
def test_every_number_of_the_pack_has_a_source(area: str) -> None:
    policy = load_area(area)
    assert policy.numbers
    assert all(number.source and number.kind in "TSPC" for number in policy.numbers.values())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[a]\nvalue = 1", "effective_from"),
        ("effective_from = 2026-01-01\n[a]\nvalue = 1", "needs value and source"),
        ("effective_from = 2026-01-01\n[a]\nvalue = 1\nsource = 's'\nkind = 'X'", "kind must be"),
        ("effective_from = ", "area.toml"),
    ],
)
def test_a_malformed_pack_is_refused_with_the_entry(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "area.toml").write_text(text)
    with pytest.raises(PolicyError, match=what):
        load_area("area", pack="xx", folder=tmp_path)


def test_a_number_that_a_pack_lacks_is_an_error_and_no_guess() -> None:
    with pytest.raises(PolicyError, match=r"no identity\.nonsense"):
        load_area("identity").integer("nonsense")
