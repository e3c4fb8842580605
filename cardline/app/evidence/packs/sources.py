"""Which areas contribute to an evidence pack: each offers a read function of its own."""

from contextlib import suppress

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Language
from cardline.cards.packing import account_part
from cardline.cards.words import WordsMissing
from cardline.cards.words import reason as card_reason
from cardline.complaints.packing import complaints_part
from cardline.complaints.words import catalogue as complaint_words
from cardline.desk.catalogue import load_desk_catalogue
from cardline.desk.interactions.packing import interactions_part
from cardline.evidence.packs.decision_words import DecisionWords, Say
from cardline.evidence.packs.model import Source
from cardline.evidence.packs.sources import sources
from cardline.evidence.sealing.recordings import Recordings
from cardline.messages.files import Files
from cardline.messages.packing import post_part
from cardline.outreach.packing import permissions_part
from cardline.portal.packing import contacts_part
from cardline.portal.texts import Texts
from cardline.trust.packing import proofs_part


def decision_words(texts: Texts) -> DecisionWords:
    """Return what says decisions and their reasons: the words of the areas that decide."""

    def said(part: str) -> Say:
        def say(code: str, language: Language) -> str:
            key = f"{part}.{code}"
            return texts.say(key, language) if texts.has(key) else ""

        return say

    def of_complaints(code: str, language: Language) -> str:
        known = complaint_words()["reasons"].get(code)
        return known.in_(language) if known else ""

    def of_cards(code: str, language: Language) -> str:
        with suppress(WordsMissing):
            words = card_reason(code)
            return words.zh if language == "zh" else words.en
        return ""

    def of_the_desk(code: str, language: Language) -> str:
        known = load_desk_catalogue().parts["reasons"].get(code)
        return (known.zh if language == "zh" else known.en) if known else ""

    said_by = (said("contact-reason"), of_complaints, of_cards, of_the_desk)
    return DecisionWords(texts.about, said("factor"), said_by)


def pack_sources(
    *, texts: Texts, files: Files, recordings: Recordings, bank: CoreBank
) -> tuple[Source, ...]:
    """Return every source; a new area adds its line here and its title to ``sources.toml``."""
    return sources(
        {
            "contacts": contacts_part(texts, files),
            "interactions": interactions_part(recordings),
            "complaints": complaints_part(files),
            "post": post_part(files),
            "account": account_part(bank),
            "proofs": proofs_part,
            "permissions": permissions_part,
        }
    )
