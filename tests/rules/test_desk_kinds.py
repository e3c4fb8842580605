"""The desk has words, Chinese and English, for every kind of entry that a story may show."""

import re
from pathlib import Path

import pytest

from tests.rules.test_reference import rows

TEXTS = Path(__file__).parents[2] / "ui" / "desk" / "src" / "texts"
ELSEWHERE = {
    "steps are told one by one, as hotline.step": {"hotline.steps"},
    "in streams of the staff, of agents and their phones": {
        "agent.", "softphone.", "staff.", "desk.searched",
    },
    "in streams of the house": {
        "statements.closed", "accounts.imported", "evidence.key-made", "sealing.",
        "trust.official-", "corrective.", "outreach.register-",
    },
    "in the stream of a campaign": {
        "campaign.created", "campaign.listed", "campaign.started", "campaign.paused",
        "campaign.stopped", "campaign.not-changed", "campaign.done", "campaign.results",
    },
}  # fmt: skip
"""Kinds, or how they begin, that no page of one conversation, case or complaint shows."""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_that_a_page_may_show_has_words(language: str) -> None:
    texts = "".join(page.read_text("utf-8") for page in sorted((TEXTS / language).glob("*.ts")))
    found = re.findall(r"""'kind\.([^']+)':\s*(?:'([^']+)'|"([^"]+)")""", texts)
    said = {kind: plain or quoted for kind, plain, quoted in found}
    kinds = {row[0].split("`")[1] for row in rows("journal.md")}
    elsewhere = tuple(one for some in ELSEWHERE.values() for one in some)
    shown = {kind for kind in kinds if not kind.startswith(elsewhere)} | {"hotline.step"}
    assert shown - said.keys() == set()
    assert said.keys() - shown == set()
