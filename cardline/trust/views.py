"""What routes tell of findings, entries and proofs; with words, masked numbers, and codes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from cardline.core.masking import mask_phone
from cardline.trust import rules
from cardline.trust.caller_model import CallerVerdict
from cardline.trust.model import Claim, Finding, Official, OfficialKind, Proof, TrustPolicy
from cardline.trust.words import code_words, reason, step


class WordView(BaseModel):
    """A stable code, and its words."""

    code: str
    zh: str
    en: str


class OfficialView(BaseModel):
    """An entry of the registry, in force during [since, until)."""

    id: str
    kind: OfficialKind
    value: str
    shown: str
    zh: str
    en: str
    since: datetime
    until: datetime | None
    ended_why: str = ""


class FindingView(BaseModel):
    """Is it ours, was it us: the answer with every reason, and what to do next."""

    answer: Literal["yes", "no", "cannot-tell"]
    reasons: list[WordView]
    steps: list[WordView]
    official: OfficialView | None = None


class ContactClaimBody(BaseModel):
    """What somebody says of a call or message; whatever is not known stays empty.

    ``code``: three words. ``tail``: last four digits of the telephone that rang.
    """

    kind: Literal["call", "message", ""] = ""
    number: str = Field(default="", max_length=60)
    at: datetime | None = None
    code: str = Field(default="", max_length=120)
    tail: str = Field(default="", max_length=4)
    text: str = Field(default="", max_length=2000)


class NewOfficialBody(BaseModel):
    """An entry to add."""

    kind: OfficialKind
    value: str = Field(min_length=1, max_length=300)
    zh: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=200)
    since: datetime
    until: datetime | None = None


class OfficialEndBody(BaseModel):
    """Why an entry ends, and from when on it is no longer ours; at once where that is left out."""

    why: str = Field(min_length=2, max_length=200)
    until: datetime | None = None


class CodeView(BaseModel):
    """The three words of a contact, as they are said; ``valid_until`` they prove something."""

    zh: list[str]
    en: list[str]
    valid_until: datetime


class ContactProofView(BaseModel):
    """A contact of ours: what whoever was contacted may be told."""

    id: str
    channel: Literal["call", "sms", "email", "letter", "app"]
    at: datetime
    to: str
    purpose: str
    shown: str
    staff_number: str | None
    staff_name: str | None
    text: str
    live: bool


class CallerIdentityView(BaseModel):
    """What the signed identity of an incoming call was worth. It proves nothing of the holder."""

    verdict: Literal["valid", "invalid", "unknown-signer"]
    reasons: list[str]
    attest: str
    name: str
    reason: str
    signer: str


class InteractionTrustView(BaseModel):
    """For the screen of a call: our own proof of it, what we sent of late, and who signed it.

    ``code``: to be said in a call that we placed; null in one that came to us.
    """

    code: CodeView | None
    contacts: list[ContactProofView]
    caller_identity: CallerIdentityView | None


def show_finding(found: Finding, *, lines: Mapping[str, str]) -> FindingView:
    """Show a finding; ``lines``: the numbers that its steps tell."""
    return FindingView(
        answer=found.answer.value,
        reasons=[
            WordView(code=code, zh=reason(code).zh, en=reason(code).en) for code in found.codes
        ],
        steps=[
            WordView(
                code=code,
                zh=step(code).zh.format_map(lines),
                en=step(code).en.format_map(lines),
            )
            for code in found.steps
        ],
        official=show_official(found.official) if found.official else None,
    )


def show_official(one: Official) -> OfficialView:
    """Show an entry of the registry: it is public."""
    return OfficialView(
        id=one.id,
        kind=one.kind,
        value=one.value,
        shown=one.shown,
        zh=one.zh,
        en=one.en,
        since=one.since,
        until=one.until,
    )


def keep_official(one: Official) -> OfficialView:
    """Show an entry to the staff who keep the registry: why it ended is told to nobody else."""
    return show_official(one).model_copy(update={"ended_why": one.ended_why})


def show_proof(proof: Proof, policy: TrustPolicy, *, now: datetime) -> ContactProofView:
    """Show a contact; the number masked."""
    return ContactProofView(
        id=proof.id,
        channel=proof.channel,
        at=proof.at,
        to=mask_phone(proof.to),
        purpose=proof.purpose,
        shown=proof.shown,
        staff_number=proof.staff.number if proof.staff else None,
        staff_name=proof.staff.name if proof.staff else None,
        text=proof.text,
        live=rules.is_live(proof, policy, now=now),
    )


def show_code(proof: Proof, policy: TrustPolicy) -> CodeView:
    """Show the words that whoever speaks for us says."""
    return CodeView(
        zh=list(rules.spoken(proof.code, code_words(), "zh")),
        en=list(rules.spoken(proof.code, code_words(), "en")),
        valid_until=proof.at + policy.code_lasts,
    )


def show_caller(verdict: CallerVerdict) -> CallerIdentityView:
    """Show what a signature was worth; not the number, which stands in the interaction."""
    return CallerIdentityView(
        verdict=verdict.verdict,
        reasons=list(verdict.reasons),
        attest=verdict.attest,
        name=verdict.name,
        reason=verdict.reason,
        signer=verdict.signer,
    )


def claim_of(body: ContactClaimBody) -> Claim:
    """Read a claim."""
    return Claim(
        kind=body.kind,
        number=body.number,
        at=body.at,
        code=body.code,
        tail=body.tail,
        text=body.text,
    )
