"""What HTTP shows of conversations in lists, and of looks."""

from datetime import datetime

from pydantic import BaseModel
from pydantic import Field as Limits

from cardline.core.masking import mask_phone
from cardline.desk.catalogue import DeskCatalogue
from cardline.desk.interactions.list_store import Contact
from cardline.desk.interactions.look_model import Look
from cardline.desk.staff.model import Role
from cardline.desk.views import WordsView, show_words


class ContactView(BaseModel):
    """One conversation in a list. ``result`` and ``summary``: of its last completed wrap-up."""

    id: str
    door: str
    call: str
    from_: str = Limits(serialization_alias="from")
    to: str
    holder: str | None
    language: str | None
    opened_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    continues: str | None
    agents: list[str]
    matter: WordsView | None
    result: WordsView | None
    summary: str | None


class LookView(BaseModel):
    """One look at a masked field, for the holder's own history."""

    id: str
    interaction: str
    field: str
    reason: str
    staff: str
    role: Role
    at: datetime


def show_contact(contact: Contact, words: DeskCatalogue, *, role: Role) -> ContactView:
    """Show a conversation; what was spoken of is not for an administrator."""
    one = contact.interaction
    private = role == "administrator"
    return ContactView(
        id=one.id,
        door=one.door,
        call=one.call,
        from_=mask_phone(one.from_number),
        to=one.to_number,
        holder=one.holder_id,
        language=one.language,
        opened_at=one.opened_at,
        answered_at=one.answered_at,
        closed_at=one.closed_at,
        outcome=one.outcome,
        continues=one.continues,
        agents=list(contact.agents),
        matter=show_words(words, "matters", contact.matter)
        if contact.matter and not private
        else None,
        result=show_words(words, "outcomes", contact.result)
        if contact.result and not private
        else None,
        summary=None if private else contact.summary or None,
    )


def show_look(look: Look) -> LookView:
    """Show a look."""
    return LookView(
        id=look.id,
        interaction=look.interaction,
        field=look.field,
        reason=look.reason,
        staff=look.staff,
        role=look.role,
        at=look.at,
    )
