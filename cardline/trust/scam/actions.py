"""Reports of scams: taken in, reviewed by compliance, and only then known (row E3).

A report is a case: compliance confirms or dismisses it by its due time, and whoever reported it is
called back. What it names (numbers, domains, a text's fingerprint) warns others from the moment of
confirmation on, for as long as the policy says; what is official can never become a known scam.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from cardline.core.actor import Actor
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import HolderId, InteractionId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict, judge
from cardline.desk.staff.model import Staff
from cardline.desk.work.tasks import open_task
from cardline.evidence.actions import journal
from cardline.portal.rules import clean_text
from cardline.trust import actions as trust
from cardline.trust.scam import store
from cardline.trust.scam.config import ScamConfig
from cardline.trust.scam.fingerprint import fingerprint
from cardline.trust.scam.learned import learned_form
from cardline.trust.scam.links import links_in
from cardline.trust.scam.model import (
    Indicator,
    LinkKind,
    Message,
    Registry,
    Report,
    ReportState,
    SenderKind,
    Told,
)
from cardline.trust.scam.registry import with_officials, with_scams
from cardline.trust.scam.rules import ANYWHERE, is_registered
from cardline.trust.scam.senders import LONGEST, kind_of_number, number_of, numbers_in
from cardline.trust.scam.text import read

_DAY = timedelta(days=1)
LEAST_FINDINGS: Final = 2
"""Characters."""
_NAMED: Final = (LinkKind.LOOK_ALIKE, LinkKind.ADDRESS, LinkKind.ODD, LinkKind.UNREGISTERED)
"""Not those that hide where they lead: their hosts serve everybody."""
_MOST_INDICATORS = 20


async def report_scam(
    tx: Transaction,
    told: Told,
    *,
    holder: HolderId | None,
    interaction: InteractionId | None,
    frozen: Sequence[str],
    by: Actor,
    config: ScamConfig,
    at: datetime,
) -> tuple[Verdict, Report | None]:
    """Take a report in, open the case and the call back; the same ``told.key`` is one report.

    ``frozen``: cards that were frozen with it. Refusals: ``empty``, ``too-long``,
    ``too-many-reports`` (of one holder in a day). Journals ``scam.reported`` in ``scam:<id>``.
    """
    if holder is not None:
        await store.lock_holder(tx, holder)
    again = await store.report(tx, key=told.key)
    if again is not None:
        if again.holder != holder:
            raise Conflict("this key belongs to another report")
        return Verdict(config.policy.version), again
    text = clean_text(told.message.text[: 2 * config.policy.report_characters])
    verdict = await _may_report(tx, text, holder, config, at)
    if not verdict.allowed:
        return verdict, None
    message = Message(text, clean_text(told.message.sender)[:LONGEST], told.message.kind)
    registry = await registry_at(tx, config=config, at=at)
    judged = config.judge(message, at=at, registry=registry)
    kept = Message(mask_secrets(text).text, mask_secrets(message.sender).text, message.kind)
    report = Report(
        id=new_id("sr"),
        key=told.key,
        holder=holder,
        interaction=interaction,
        told=Told(kept, told.key, told.secrets_told, told.paid),
        frozen=tuple(frozen),
        judgement=judged,
        opened_by=str(by),
        opened_at=at,
        due_at=at + config.policy.review_within,
    )
    await store.add_report(tx, report)
    named = (
        [] if judged.verdict == "official" else indicators_in(message, report.id, config, registry)
    )
    await store.add_indicators(tx, named)
    body: JsonObject = {
        "report": report.id,
        "holder": holder,
        "interaction": interaction,
        "kind": kept.kind,
        "sender": kept.sender,
        "verdict": judged.verdict,
        "score": judged.score,
        "reasons": list(judged.codes),
        "rule": judged.rule,
        "secrets_told": told.secrets_told,
        "paid": told.paid,
        "frozen": list(frozen),
        "named": len(named),
        "due_at": report.due_at.isoformat(),
    }
    await journal(tx, stream=stream_of(report), kind="scam.reported", by=by, body=body, at=at)
    await _call_back(tx, report, config, by=by, at=at)
    return verdict, report


async def review(
    tx: Transaction,
    report_id: str,
    *,
    state: ReportState,
    findings: str,
    keep: Collection[str],
    config: ScamConfig,
    by: Staff,
    at: datetime,
) -> Report:
    """Confirm or dismiss a report; ``keep``: the indicators that are known from now on.

    Raises ``NotFound``, ``Conflict`` where it was reviewed or is one's own, ``Invalid`` without
    findings, for an indicator that is not the report's, or for one that is official.
    """
    found = await store.report(tx, report_id=report_id, lock=True)
    if found is None:
        raise NotFound("there is no such report")
    if found.state is not ReportState.OPEN:
        raise Conflict("this report has been reviewed")
    if found.opened_by == str(by.actor):
        raise Conflict("a report is reviewed by somebody else than who took it in")
    words = mask_secrets(clean_text(findings)).text
    if state is ReportState.OPEN or len(words) < LEAST_FINDINGS:
        raise Invalid("say what was found")
    if keep and state is not ReportState.CONFIRMED:
        raise Invalid("nothing of a dismissed report becomes known")
    named = {one.id: one for one in await store.indicators_of(tx, [found.id])}
    until = at + config.policy.known_for
    registry = await registry_at(tx, config=config, at=at)
    for one in keep:
        if one not in named:
            raise Invalid("this report names no such thing")
        if is_registered(named[one].kind, named[one].value, registry):
            raise Invalid("this is registered as official or as another institution's")
    await store.close_report(tx, found.id, state=state, by=by.number, findings=words, at=at)
    await store.set_known(tx, sorted(set(keep)), since=at, until=until)
    body: JsonObject = {
        "report": found.id,
        "state": state.value,
        "findings": words,
        "known": sorted(set(keep)),
        "known_until": until.isoformat() if keep else None,
    }
    await journal(tx, stream=stream_of(found), kind="scam.reviewed", by=by.actor, body=body, at=at)
    return await whole_report(tx, found.id)


async def forget(tx: Transaction, indicator_id: str, *, by: Staff, at: datetime) -> None:
    """End that something counts as a known scam. Raises ``NotFound`` where it does not count."""
    found = await store.indicator(tx, indicator_id)
    if found is None or found.known_until is None or found.known_until <= at:
        raise NotFound("there is no such known scam")
    await store.set_known(tx, [found.id], since=at, until=at)
    body: JsonObject = {"indicator": found.id, "kind": found.kind, "report": found.report}
    await journal(
        tx, stream=f"scam:{found.report}", kind="scam.forgotten", by=by.actor, body=body, at=at
    )


async def registry_at(tx: Transaction, *, config: ScamConfig, at: datetime) -> Registry:
    """Return what is official at a time, and the scams that are confirmed and still count."""
    registry = with_scams(config.registry, await store.known_scams(tx, at=at))
    if config.trust is None:
        return registry
    return with_officials(registry, await trust.running(tx, config=config.trust, at=at))


async def whole_report(tx: Transaction, report_id: str) -> Report:
    """Return a report. Raises ``NotFound``."""
    found = await store.report(tx, report_id=report_id)
    if found is None:
        raise NotFound("there is no such report")
    return found


async def list_reports(
    tx: Transaction,
    *,
    state: ReportState | None = None,
    holder: str | None = None,
    limit: int = 100,
) -> list[tuple[Report, list[Indicator]]]:
    """Return reports with what they name: open ones by due time, others newest first."""
    found = await store.reports(tx, state=state, holder=holder, limit=limit)
    named = await store.indicators_of(tx, [one.id for one in found])
    return [(one, [each for each in named if each.report == one.id]) for one in found]


async def named_by(tx: Transaction, report_id: str) -> list[Indicator]:
    """Return what a report names."""
    return await store.indicators_of(tx, [report_id])


def indicators_in(
    message: Message, report: str, config: ScamConfig, registry: Registry
) -> list[Indicator]:
    """Return what a report names; nothing that the registry knows as somebody's."""
    form = read(message.text)
    numbers = [number_of(message.sender), *numbers_in(form.plain, after=ANYWHERE)]
    found: list[tuple[str, str]] = [
        ("number", number)
        for number in numbers
        if number
        and kind_of_number(number, registry=registry)
        not in (SenderKind.OFFICIAL, SenderKind.OTHER, SenderKind.SERVICE)
    ]
    links = links_in(form.plain, registry=registry, rules=config.signals.links)
    found += [("domain", link.host) for link in links if link.host and link.kind in _NAMED]
    mark = fingerprint(learned_form(form)) if message.kind == "message" else ""
    found += [("text", mark)] if mark else []
    return [
        Indicator(new_id("si"), report, kind, value)  # type: ignore[arg-type]
        for kind, value in dict.fromkeys(found[:_MOST_INDICATORS])
    ]


def stream_of(report: Report) -> str:
    """Return the journal stream of a report."""
    return f"scam:{report.id}"


async def _may_report(
    tx: Transaction, text: str, holder: HolderId | None, config: ScamConfig, at: datetime
) -> Verdict:
    policy = config.policy
    sent = await store.reports_since(tx, holder=holder, since=at - _DAY) if holder else 0
    long, many = policy.sources["report_characters"], policy.sources["reports_per_day"]
    return judge(
        policy.version,
        (
            None if text and read(text).bones else Reason("empty", long),
            Reason("too-long", long) if len(text) > policy.report_characters else None,
            Reason("too-many-reports", many) if sent >= policy.reports_per_day else None,
        ),
    )


async def _call_back(
    tx: Transaction, report: Report, config: ScamConfig, *, by: Actor, at: datetime
) -> None:
    """Let somebody call whoever reported: soon where secrets or money are gone."""
    if report.holder is None:
        return
    urgent = report.told.secrets_told or report.told.paid
    words = "tasks.told-or-paid" if urgent else "tasks.follow-up"
    await open_task(
        tx,
        source=f"scam-report:{report.id}",
        kind="other",
        what=f"{config.say(words, 'zh')} / {config.say(words, 'en')} ({report.id})",
        due_at=at + (config.policy.follow_up_within if urgent else config.policy.review_within),
        by=by,
        at=at,
        interaction=InteractionId(report.interaction) if report.interaction else None,
        holder=HolderId(report.holder),
        matter="urgent" if urgent else "general",
    )
