"""Letters on their way to paper: set as PDF/A, kept, handed to the printer (row A5)."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from cardline.cards.model import Language
from cardline.core.actor import SYSTEM
from cardline.core.clock import Clock
from cardline.core.home import home
from cardline.core.transaction import Database, JsonObject
from cardline.core.verdict import Verdict
from cardline.messages import files as file_actions
from cardline.messages import outbox
from cardline.messages.file_model import Cleaned
from cardline.messages.forms import Filled
from cardline.messages.letters import store
from cardline.messages.letters.actions import WAY, content_of, in_one_line
from cardline.messages.letters.catalogue import TEMPLATE, date_of
from cardline.messages.letters.config import LetterConfig
from cardline.messages.letters.model import Addressee, Letter
from cardline.messages.model import Claimed, Dispatched
from cardline.ports.paper import Print, Typesetter


async def dispatch(
    db: Database,
    printer: Print,
    typesetter: Typesetter,
    *,
    config: LetterConfig,
    clock: Clock,
    limit: int = 20,
) -> Dispatched:
    """Set and print the letters that are due, once round: see :func:`outbox.dispatch`.

    The PDF is kept before the printer has it, so that a second try prints the same one.
    """

    async def hand_over(message: Claimed) -> str:
        async with db.transaction() as tx:
            letter = await store.by_id(tx, message.id)
        assert letter is not None, "a letter that was just claimed"
        pdf, name = await _pdf(db, letter, message.row, typesetter, config=config, at=clock())
        pdf = await _opened(pdf, letter, message.row, typesetter, config=config)
        enclosures = await _enclosed(db, message.row["enclosures"], config=config)
        manifest: JsonObject = {
            "name": name,
            "number": letter.number,
            "letter": letter.id,
            "addressee": [letter.addressee.name, *letter.addressee.lines],
            "registered": letter.registered,
            "sha256": hashlib.sha256(pdf).hexdigest(),
            "write_by_hand": list(typesetter.missing(in_one_line(letter.addressee))),
            "enclosures": [
                {"name": one, "sha256": hashlib.sha256(content).hexdigest()}
                for one, content in enclosures
            ],
        }
        return await printer.send(
            pdf=pdf,
            enclosures=[content for _, content in enclosures],
            manifest=manifest,
            key=message.key,
        )

    handing = outbox.Handing(
        WAY,
        hand_over,
        config.policy,
        config.tries,
        config.pauses,
        config.lease_seconds,
        outcomes=config.outcomes,
    )
    return await outbox.dispatch(db, handing, clock=clock, limit=limit, at_once=2)


async def preview(
    filled: Filled,
    typesetter: Typesetter,
    *,
    config: LetterConfig,
    to: Addressee,
    language: Language,
    registered: bool,
    at: datetime,
) -> bytes:
    """Return a letter as it would be printed, without a number."""
    data = _data(
        content_of(filled, (), ""),
        config=config,
        to=to,
        language=language,
        zone=home().zone,
        registered=registered,
        number="",
        enclosures=[],
        at=at,
    )
    return await typesetter.typeset(TEMPLATE, data, at=at)


def _data(
    content: JsonObject,
    *,
    config: LetterConfig,
    to: Addressee,
    language: Language,
    zone: ZoneInfo,
    registered: bool,
    number: str,
    enclosures: list[str],
    at: datetime,
) -> JsonObject:
    """Return what the template on paper is given: words alone."""
    words = config.words[language]
    date = date_of(words, at, language=language, zone=zone)
    # A Chinese address begins with the place and ends with the name; elsewhere it is the reverse.
    address = [*to.lines, to.name] if language == "zh" else [to.name, *to.lines]
    facts = [[words.fact_number, number]] if number else []
    return {
        "lang": language,
        "sender": config.sender[language],
        "contact": words.contact.format(hotline=config.hotline),
        "back_to": config.back_to[language],
        "posting": words.registered if registered else "",
        "address": address,
        "facts": [*facts, [words.fact_date, date], *content["facts"]],
        "subject": content["subject"],
        "greeting": words.greeting.format(name=to.name),
        "paragraphs": content["paragraphs"],
        "closing": words.closing,
        "date": date,
        "enclosed": words.enclosed,
        "enclosures": enclosures,
        "outside": content["outside"],
        "number": number,
        "footer": words.footer.format(hotline=config.hotline),
        "page": words.page,
    }


async def _pdf(
    db: Database,
    letter: Letter,
    row: JsonObject,
    typesetter: Typesetter,
    *,
    config: LetterConfig,
    at: datetime,
) -> tuple[bytes, str]:
    """Return the PDF of a letter, set and kept where that was not done before, and its name."""
    name = f"{row['year']}-{row['serial']:06d}"
    if letter.file is not None:
        async with db.transaction() as tx:
            kept = await file_actions.find(tx, letter.file, owner=letter.id)
        return await file_actions.read(config.files, kept), name
    data = _data_of(letter, row, row["content"], config=config)
    pdf = await typesetter.typeset(TEMPLATE, data, at=letter.at)
    missing = typesetter.missing("".join([*data["address"], data["subject"], *data["paragraphs"]]))
    cleaned = Cleaned(Verdict(config.files.policy.version), "pdf", f"{name}.pdf", pdf)
    async with db.transaction() as tx:
        kept = await file_actions.keep(
            tx,
            config.files,
            cleaned,
            scanned=False,
            owner=letter.id,
            stream=letter.stream,
            by=SYSTEM,
            at=at,
        )
        await store.set_file(tx, letter.id, file=kept.id, missing=missing)
    return pdf, name


async def _opened(
    pdf: bytes, letter: Letter, row: JsonObject, typesetter: Typesetter, *, config: LetterConfig
) -> bytes:
    """Return the PDF that goes on paper: with its code, where the one that is kept has none.

    It is kept nowhere, and a second try gives the same bytes.
    """
    if row["sealed"] is None:
        return pdf
    whole = msgspec.json.decode(config.seal.open(row["sealed"], message=letter.id), type=dict)
    data = _data_of(letter, row, whole, config=config)
    return await typesetter.typeset(TEMPLATE, data, at=letter.at)


def _data_of(
    letter: Letter, row: JsonObject, content: JsonObject, *, config: LetterConfig
) -> JsonObject:
    return _data(
        content,
        config=config,
        to=letter.addressee,
        language=letter.language,
        zone=ZoneInfo(row["zone"]),
        registered=letter.registered,
        number=letter.number,
        enclosures=[one["name"] for one in row["enclosures"]],
        at=letter.at,
    )


async def _enclosed(
    db: Database, enclosures: list[JsonObject], *, config: LetterConfig
) -> list[tuple[str, bytes]]:
    async with db.transaction() as tx:
        found = [
            (one["name"], await file_actions.find(tx, one["id"], owner=one["owner"]))
            for one in enclosures
        ]
    return [(name, await file_actions.read(config.files, file)) for name, file in found]
