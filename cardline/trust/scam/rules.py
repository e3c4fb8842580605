"""Judging a message or a described call (rows E2, E3): every reason, then one word.

Rules come first. What was learned from real scams is one reason among them: it can make a scam of
what nobody is registered for, never of what is official, and it takes no rule away. What a request
for a secret weighs is more than all that is learned can weigh, so that adding one never makes a
text look better.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cardline.core.masking import mask_phone, mask_secrets
from cardline.core.verdict import RuleVersion
from cardline.trust.scam.catalogue import Signals
from cardline.trust.scam.fingerprint import fingerprint, is_near
from cardline.trust.scam.learned import Learned, learned_form
from cardline.trust.scam.links import links_in, without_links
from cardline.trust.scam.model import (
    Finding,
    Judgement,
    Link,
    LinkKind,
    Message,
    Opinion,
    Registry,
    ScamPolicy,
    SenderKind,
)
from cardline.trust.scam.patterns import first_of
from cardline.trust.scam.senders import (
    kind_of_number,
    kind_of_sender,
    number_of,
    numbers_in,
    owns,
)
from cardline.trust.scam.text import Form, quoted, read

ANYWHERE: Final = re.compile("")
"""Telephone numbers wherever they stand in a text, not only where one is told to call."""
_SHOWN: Final = 60
"""Characters of evidence."""
_BELOW_GRAVE: Final = 0.9
"""What is learned lifts a score up to here: every grave signal weighs more."""
_LINK_CODES: Final = {
    LinkKind.LOOK_ALIKE: "link-look-alike",
    LinkKind.ADDRESS: "link-address",
    LinkKind.ODD: "link-odd",
    LinkKind.SHORT: "link-short",
    LinkKind.UNREGISTERED: "link-unregistered",
}
_AS_BANK: Final = {
    SenderKind.MOBILE: "sender-mobile-as-bank",
    SenderKind.FOREIGN: "sender-foreign-as-bank",
    SenderKind.FREE: "sender-free-as-bank",
}


def judge(
    message: Message,
    *,
    registry: Registry,
    signals: Signals,
    model: Learned | None,
    policy: ScamPolicy,
    at: datetime,
) -> Judgement:
    """Judge what somebody received; without a ``model`` by the rules alone.

    Of a text longer than ``policy.most_characters`` the beginning is judged (reason ``cut``).
    """
    form = read(message.text[: policy.most_characters])
    sender = kind_of_sender(message.sender, registry=registry)
    links = links_in(form.plain, registry=registry, rules=signals.links)
    if links:  # so that patterns can name a link, and no host is taken for words
        bare = read(without_links(form.plain, " URL "))
        form = Form(form.plain, bare.bones, bare.apart)
    findings = [
        *_known(message, form, links, registry, signals, at),
        *_by_words(form, signals),
        *_by_sender(message, sender, form, registry, signals),
        *_by_links(sender, form, links, registry, signals),
        *_by_numbers(sender, form, registry, signals),
    ]
    cut = len(message.text) > policy.most_characters
    # Where a rule finds as much as a grave signal, what is learned has nothing to add.
    by_rules = _together(findings, signals)
    official = (
        sender is SenderKind.OFFICIAL
        and not cut
        and bool(form.bones)
        and not any(signals.weight(found.code).opposes for found in findings)
    )
    score = by_rules
    if model is not None and not official and sender is not SenderKind.OFFICIAL:
        learned = model.judge(form)
        if learned.likely >= policy.model_from:
            findings.append(Finding("learned", round(learned.likely, 3), learned.words))
            lifted = 1 - (1 - by_rules) * (1 - policy.model_share * learned.likely)
            score = max(by_rules, min(lifted, _BELOW_GRAVE - 0.01))
    verdict: Opinion = "official" if official else "unknown"
    grave = any(_is_grave(found, signals) for found in findings)
    if not official and (grave or score >= policy.scam_from):
        verdict = "scam"
    context = list(_context(sender, form, links, findings, cut=cut))
    ordered = sorted(findings, key=lambda found: (-_weight(found, signals), found.code))
    return Judgement(
        verdict, round(min(score, 0.999), 3), (*ordered, *context), _version(policy, signals, model)
    )


def is_registered(kind: str, value: str, registry: Registry) -> bool:
    """True where a number or domain is the bank's or another known institution's.

    Whatever was reported and confirmed, that never counts as a known scam.
    """
    everybody = (registry.own, *registry.others.values())
    if kind == "number":
        return any(owns(one, value) for one in everybody)
    return kind == "domain" and any(
        value == domain or value.endswith("." + domain)
        for one in everybody
        for domain in one.domains
    )


def text_of(found: str) -> str:
    """Return words as evidence: short, without secrets."""
    shown = mask_secrets(found).text
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _together(findings: list[Finding], signals: Signals) -> float:
    """Put weights together: the heaviest of each group, as independent grounds."""
    groups: dict[str, float] = {}
    for found in findings:
        group = signals.weight(found.code).group
        groups[group] = max(groups.get(group, 0.0), found.weight)
    left = 1.0
    for weight in groups.values():
        left *= 1 - weight
    return 1 - left


def _by_words(form: Form, signals: Signals) -> Iterator[Finding]:
    for signal in signals.by_words:
        found = first_of(signal.patterns, form.bones, signals.takers)
        if not found and form.apart != form.bones:
            found = first_of(signal.patterns, form.apart, signals.takers)
        if found:
            yield Finding(signal.code, signal.weight.weight, text_of(quoted(found, form.plain)))


def _known(
    message: Message,
    form: Form,
    links: tuple[Link, ...],
    registry: Registry,
    signals: Signals,
    at: datetime,
) -> Iterator[Finding]:
    known = [one for one in registry.scams if at < one.until]
    numbers = {one.value for one in known if one.kind == "number"}
    domains = {one.value for one in known if one.kind == "domain"}
    texts = [one.value for one in known if one.kind == "text"]
    told = {number_of(message.sender), *numbers_in(form.plain, after=ANYWHERE)} & numbers
    for number in sorted(told):
        if not is_registered("number", number, registry):
            yield _finding("known-number", signals, mask_phone(number))
            break
    for link in links:
        if link.host in domains and not is_registered("domain", link.host, registry):
            yield _finding("known-domain", signals, link.host)
            break
    mark = fingerprint(learned_form(form)) if texts else ""
    if mark and any(is_near(mark, one) for one in texts):
        yield _finding("known-text", signals)


def _by_sender(
    message: Message, sender: SenderKind, form: Form, registry: Registry, signals: Signals
) -> Iterator[Finding]:
    shown = message.sender.strip()[:_SHOWN]
    number = number_of(message.sender)
    evidence = mask_phone(number) if len(number) >= 11 else shown
    if sender is SenderKind.FAKED:
        yield _finding("sender-faked", signals, evidence)
        return
    named = named_in(form, registry)
    comes_as_bank = bool(named or signals.banks.search(form.bones))
    code = _AS_BANK.get(sender)
    if code and comes_as_bank:
        yield _finding(code, signals, evidence)
    elif sender is SenderKind.FOREIGN:
        yield _finding("sender-foreign", signals, evidence)
    elif "" in named and sender in (SenderKind.PORT, SenderKind.SERVICE, SenderKind.FIXED):
        yield _finding("sender-not-the-named", signals, evidence)


def named_in(form: Form, registry: Registry) -> frozenset[str]:
    """Return whom a text names of those in the registry; the bank itself is the empty name."""
    bare = form.bones.replace("|", "").replace(",", "")
    named = {name for name, one in registry.others.items() if any(n in bare for n in one.names)}
    if not named and any(name in bare for name in registry.own.names):
        named.add("")
    return frozenset(named)


def _by_links(
    sender: SenderKind,
    form: Form,
    links: tuple[Link, ...],
    registry: Registry,
    signals: Signals,
) -> Iterator[Finding]:
    astray = False
    for kind, code in _LINK_CODES.items():
        hosts = [link.host for link in links if link.kind is kind]
        if hosts:
            astray = True
            yield _finding(code, signals, ", ".join(host for host in hosts[:3] if host))
    if not astray:
        return
    if sender is SenderKind.OFFICIAL:
        # A false base station shows any number it likes: the link gives it away.
        yield _finding("sender-contradicts-link", signals)
    if named_in(form, registry) or signals.banks.search(form.bones):
        yield _finding("link-not-of-the-named", signals)


def _by_numbers(
    sender: SenderKind, form: Form, registry: Registry, signals: Signals
) -> Iterator[Finding]:
    if not (sender is SenderKind.OFFICIAL or signals.banks.search(form.bones)):
        return
    kinds = {
        kind_of_number(number, registry=registry): number
        for number in numbers_in(form.plain, after=signals.calls)
    }
    if SenderKind.MOBILE in kinds:
        yield _finding("number-mobile", signals, mask_phone(kinds[SenderKind.MOBILE]))
    strange = set(kinds) - {SenderKind.OFFICIAL, SenderKind.OTHER, SenderKind.MOBILE}
    if strange:
        first = kinds[min(strange)]
        shown = mask_phone(first) if len(first) >= 11 else first
        yield _finding("number-unregistered", signals, shown)


def _context(
    sender: SenderKind,
    form: Form,
    links: tuple[Link, ...],
    findings: list[Finding],
    *,
    cut: bool,
) -> Iterator[Finding]:
    """Yield what weighs nothing and is worth knowing."""
    if cut:
        yield Finding("cut")
    if not form.bones:
        yield Finding("empty")
        return
    if sender is SenderKind.OFFICIAL:
        yield Finding("sender-registered")
    elif sender is SenderKind.OTHER:
        yield Finding("sender-of-another")
    elif sender is SenderKind.NONE:
        yield Finding("sender-unknown")
    elif not any(found.code.startswith("sender-") for found in findings):
        yield Finding("sender-unregistered")
    if links and all(link.kind is LinkKind.OFFICIAL for link in links):
        yield Finding("links-registered", 0.0, links[0].host)
    if not findings and sender is not SenderKind.OFFICIAL:
        yield Finding("nothing-found")


def _finding(code: str, signals: Signals, evidence: str = "") -> Finding:
    return Finding(code, signals.weight(code).weight, evidence)


def _weight(found: Finding, signals: Signals) -> float:
    # What was learned is one reason beside the others, never the first of them.
    return found.weight if found.code in signals.found else 0.01


def _is_grave(found: Finding, signals: Signals) -> bool:
    return found.code in signals.found and signals.weight(found.code).grave


def _version(policy: ScamPolicy, signals: Signals, model: Learned | None) -> RuleVersion:
    learned = model.version if model else "none"
    return RuleVersion(f"{policy.version}; signals {signals.version}; model {learned}")
