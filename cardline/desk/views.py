"""What HTTP shows of words, verdicts and holders, here as each role may see them (row F4)."""

from datetime import datetime

from pydantic import BaseModel

from cardline.cards.model import Holder
from cardline.core.verdict import Verdict
from cardline.desk.catalogue import DeskCatalogue, Part
from cardline.desk.model import DeskPolicy
from cardline.desk.rules import show
from cardline.desk.staff.model import Role


class WordsView(BaseModel):
    """A code with its words."""

    code: str
    zh: str
    en: str


class ReasonWords(WordsView):
    """Why something is refused or missing; ``until``: when that ends by itself."""

    source: str
    until: datetime | None


class VerdictView(BaseModel):
    """Yes or no, with every reason in both languages."""

    allowed: bool
    rule: str
    reasons: list[ReasonWords]


class HolderView(BaseModel):
    """A holder as this role sees them; null: hidden."""

    id: str
    name: str | None
    phone: str | None
    id_tail: str | None
    address: str | None
    language: str
    zone: str


def show_verdict(verdict: Verdict, words: DeskCatalogue) -> VerdictView:
    """Show a verdict with the words of its reasons."""
    return VerdictView(
        allowed=verdict.allowed, rule=verdict.rule, reasons=show_reasons(verdict, words)
    )


def show_reasons(verdict: Verdict, words: DeskCatalogue) -> list[ReasonWords]:
    """Show the reasons of a verdict."""
    return [
        ReasonWords(
            **show_words(words, "reasons", reason.code).model_dump(),
            source=reason.source,
            until=reason.until,
        )
        for reason in verdict.refusals
    ]


def show_words(words: DeskCatalogue, part: Part, code: str) -> WordsView:
    """Show a code with its words."""
    found = words.words(part, code)
    return WordsView(code=found.code, zh=found.zh, en=found.en)


def show_holder(holder: Holder, *, role: Role, policy: DeskPolicy) -> HolderView:
    """Show a holder as the role sees them."""
    return HolderView(
        id=holder.id,
        name=show("name", holder.name, role=role, policy=policy),
        phone=show("phone", holder.phone, role=role, policy=policy),
        id_tail=show("id_tail", holder.id_tail, role=role, policy=policy),
        address=show("address", holder.address, role=role, policy=policy)
        if holder.address
        else None,
        language=holder.language,
        zone=holder.zone,
    )
