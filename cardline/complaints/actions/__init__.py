"""The only writes of complaints. Each takes an open transaction and journals in it."""

from cardline.complaints.actions.choosing import (
    Candidate,
    Payee,
    attached,
    candidates,
    open_attached,
    payees,
    sent_with,
)
from cardline.complaints.actions.coding import opens, tell_code
from cardline.complaints.actions.correcting import (
    correctives,
    finish_corrective,
    journal_export,
    open_corrective,
)
from cardline.complaints.actions.deciding import (
    PaidOtherwise,
    agree,
    decide,
    do_remedy,
    pay,
    to_pay,
)
from cardline.complaints.actions.ending import (
    ask_reexamination,
    close,
    follow_up,
    reopen,
    withdraw,
)
from cardline.complaints.actions.handling import (
    accept,
    ask_department,
    assign,
    classify,
    declare_interest,
    finish_department,
    join,
    refuse,
    tell_outside,
)
from cardline.complaints.actions.hearing import take_outcome
from cardline.complaints.actions.noticing import (
    acknowledge,
    acknowledge_by,
    find,
    notices_of,
    notify,
)
from cardline.complaints.actions.proving import prove
from cardline.complaints.actions.receiving import NotReceivable, receive
from cardline.complaints.actions.speaking import Shown, show_authority
from cardline.complaints.actions.stepping import Stepped, Working
from cardline.complaints.actions.timing import (
    add_facts,
    extend,
    pause,
    resume,
    settle_extension,
)
from cardline.complaints.actions.viewing import Whole, listed, objection, of_holder, view_for, whole

__all__ = [
    "Candidate",
    "NotReceivable",
    "PaidOtherwise",
    "Payee",
    "Shown",
    "Stepped",
    "Whole",
    "Working",
    "accept",
    "acknowledge",
    "acknowledge_by",
    "add_facts",
    "agree",
    "ask_department",
    "ask_reexamination",
    "assign",
    "attached",
    "candidates",
    "classify",
    "close",
    "correctives",
    "decide",
    "declare_interest",
    "do_remedy",
    "extend",
    "find",
    "finish_corrective",
    "finish_department",
    "follow_up",
    "join",
    "journal_export",
    "listed",
    "notices_of",
    "notify",
    "objection",
    "of_holder",
    "open_attached",
    "open_corrective",
    "opens",
    "pause",
    "pay",
    "payees",
    "prove",
    "receive",
    "refuse",
    "reopen",
    "resume",
    "sent_with",
    "settle_extension",
    "show_authority",
    "take_outcome",
    "tell_code",
    "tell_outside",
    "to_pay",
    "view_for",
    "whole",
    "withdraw",
]
