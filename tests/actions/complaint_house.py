"""A complaint that somebody of the bank sees through to the answer, for tests of its doors."""

from cardline.complaints import actions
from cardline.complaints.actions import Working
from cardline.complaints.model import ComplaintId, Decision, Outcome, Remedy, RemedyKind
from cardline.core.actor import SYSTEM
from cardline.desk.staff import actions as staff
from cardline.desk.staff.model import Staff
from tests.actions.portal_house import House

HANDLER = Staff("7001", "王芳", "lead", None, None)
ANSWER = "年费三百元已经退回，耽误您的时间，对不起。"
_DECISION = Decision(
    Outcome.UPHELD,
    "查实客服当时已承诺退费",
    "领用合约第八条",
    "承诺应当兑现",
    (Remedy(RemedyKind.APOLOGY),),
)


async def answered(house: House, reference: str) -> None:
    """Let somebody take the complaint, accept, decide and answer it by telephone."""
    async with house.database.transaction() as tx:
        await staff.add_staff(tx, HANDLER, token="lead", phone_ha1=None, by=SYSTEM, at=house.now)
    case = ComplaintId(reference)
    for step in ("assign", "accept", "decide", "notify"):
        house.later(minutes=2)
        work = Working(HANDLER, house.complaints, house.now)
        async with house.database.transaction() as tx:
            if step == "assign":
                done = await actions.assign(tx, work, case, to=HANDLER.number)
            elif step == "accept":
                done = await actions.accept(tx, work, case)
            elif step == "decide":
                done = await actions.decide(tx, work, case, decision=_DECISION)
            else:
                done = await actions.notify(
                    tx,
                    work,
                    case,
                    about="answer",
                    channel="call",
                    text=ANSWER,
                    contents=tuple(house.complaints.policy.answer_contents),
                    proof_kind="call",
                    proof="call-1",
                )
        assert done.verdict.allowed, (step, done.verdict.codes)
