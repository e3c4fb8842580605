"""What is done where an answering machine takes a call of the bank (row D4)."""

from cardline.hotline.acts.bank_call import prove_number
from cardline.hotline.acts.caller import Acting
from cardline.hotline.flows.model import Done
from cardline.outreach.campaigns import machines
from cardline.outreach.campaigns.machine_model import Callee, Machines


async def note_machine(acting: Acting) -> Done:
    """A machine has answered: its agent is free at once, and the campaign says what follows."""
    caller = acting.caller
    assert caller.errand is not None, "begin_bank_call comes before"
    assert caller.judged is not None, "so does listening"
    caller.errand = await machines.note_judged(
        acting.tx, caller.errand, caller.judged, floor=acting.services.routing, at=acting.at
    )
    leaves = caller.errand.campaign.machines is Machines.MESSAGE
    return Done("message" if leaves else "hang_up")


async def note_message_left(acting: Acting) -> Done:
    """The machine has our message, whole."""
    if acting.caller.errand is not None:
        await machines.note_message_left(acting.tx, acting.caller.errand, at=acting.at)
    return Done("noted")


async def note_person(acting: Acting) -> Done:
    """A key was pressed: whoever we listened to is a person, and has the registered phone."""
    caller = acting.caller
    judged = caller.judged
    if caller.errand is not None and judged is not None and judged.callee is Callee.MACHINE:
        await machines.note_person_after_all(acting.tx, caller.errand, at=acting.at)
        caller.judged = None
    await prove_number(acting)
    return Done("noted")
