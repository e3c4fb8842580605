"""The catalogue of short messages."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cardline.cards.model import Language
from cardline.core.policy import load_area
from cardline.messages.catalogue import LINK, CatalogueError, load_catalogue, render
from cardline.messages.model import SmsConfig, Template
from cardline.messages.sealing import TextSeal
from cardline.outreach.model import Purpose
from cardline.outreach.policy import contact_policy

CATALOGUE = load_catalogue()
NOW = datetime(2026, 11, 22, 3, 5, tzinfo=UTC)
CONFIG = SmsConfig(
    catalogue=CATALOGUE,
    policy=contact_policy(load_area("outreach")),
    seal=TextSeal(bytes(32)),
    sender={"zh": "示例银行", "en": "Example Bank"},
    hotline="95500",
    inbound="10690000000",
)


def filled(template: Template, language: Language) -> str:
    values = {field: NOW if field == "until" else "1234" for field in template.fields}
    zone = ZoneInfo("Asia/Shanghai")
    return render(template, config=CONFIG, values=values, language=language, zone=zone, at=NOW).text


@pytest.mark.parametrize("template", CATALOGUE.values(), ids=list(CATALOGUE))
def test_every_message_is_signed_whole_short_and_without_links(template: Template) -> None:
    chinese = filled(template, "zh")
    assert chinese.startswith("【示例银行】")
    assert filled(template, "en").startswith("【Example Bank】")
    for text in (chinese, filled(template, "en")):
        assert "{" not in text
        assert "}" not in text
        assert not LINK.search(text)
    assert len(chinese) <= 140, "two parts of a concatenated message"


def test_a_time_is_written_in_the_holders_zone_and_language() -> None:
    template = CATALOGUE["card_frozen"]
    assert "11月22日11:05" in filled(template, "zh")
    assert "11:05 on 22 November" in filled(template, "en")


def test_a_code_is_masked_wherever_it_may_be_seen() -> None:
    rendered = render(
        CATALOGUE["one_time_code"],
        config=CONFIG,
        values={"code": "482915", "minutes": 5},
        language="zh",
        zone=ZoneInfo("Asia/Shanghai"),
        at=NOW,
    )
    assert "482915" in rendered.text
    assert "482915" not in rendered.masked
    assert "******" in rendered.masked


def test_messages_that_carry_codes_are_for_protection_and_warn() -> None:
    for template in CATALOGUE.values():
        if template.secret:
            assert template.purpose is Purpose.SECURITY
    for name in ("one_time_code", "reset_code"):
        assert "索要" in CATALOGUE[name].texts["zh"]


def test_a_value_too_few_or_with_a_link_is_refused() -> None:
    template = CATALOGUE["card_frozen"]
    zone = ZoneInfo("Asia/Shanghai")
    with pytest.raises(CatalogueError, match="needs"):
        render(template, config=CONFIG, values={}, language="zh", zone=zone, at=NOW)
    with pytest.raises(CatalogueError, match="link"):
        render(
            template,
            config=CONFIG,
            values={"tail": "http://evil.example"},
            language="zh",
            zone=zone,
            at=NOW,
        )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: {purpose: security, zh: x}", "every language"),
        ("a: {purpose: security, zh: 'x{y}', en: x}", "other fields"),
        ("a: {purpose: security, secret: [z], zh: x, en: x}", "no field"),
        ("a: {purpose: security, zh: 'see www.bank.com', en: x}", "link"),
        ("a: {purpose: service, zh: '【行】x', en: x}", "signature"),
        ("- a", "no table"),
        ("a: {purpose: security, zh: x, en: x}", "how a time is written"),
    ],
)
def test_a_malformed_catalogue_is_refused_with_the_reason(
    tmp_path: Path, text: str, fault: str
) -> None:
    path = tmp_path / "templates.yaml"
    times = "" if "time" in fault or "table" in fault else "_time: {zh: z, en: e}\n"
    path.write_text(times + text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=fault):
        load_catalogue(path)
