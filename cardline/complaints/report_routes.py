"""HTTP for reports of complaints and corrective actions (row C5). Nobody is counted by person."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from cardline.complaints import actions, bodies, reporting
from cardline.complaints.model import Language
from cardline.complaints.routes import HANDLERS, ComplaintServices, working
from cardline.complaints.spreadsheet import as_csv
from cardline.complaints.views import CorrectiveView
from cardline.core.home import home
from cardline.core.roles import Role
from cardline.desk.staff.model import Staff

_REPORTS: tuple[Role, ...] = ("lead", "quality", "compliance", "administrator")


def router(services: ComplaintServices) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/api/v1/complaint-reports", tags=["complaints"])
    readers = Depends(services.require(*_REPORTS))
    exporters = Depends(services.require("compliance"))
    handlers = Depends(services.require(*HANDLERS))

    @routes.get("/year")
    async def year(
        staff: Annotated[Staff, readers], year: Annotated[int, Query(ge=2000, le=2100)]
    ) -> dict[str, Any]:
        """Return the yearly report."""
        async with working(services, staff) as (tx, work):
            return await reporting.year_report(tx, year, config=services.complaints, at=work.at)

    @routes.get("/causes")
    async def causes(staff: Annotated[Staff, readers], since: date, until: date) -> dict[str, Any]:
        """Return complaints a week by cause, ``[since, until)``, and the Pareto order."""
        async with working(services, staff) as (tx, _):
            return await reporting.trend(tx, since=since, until=until, config=services.complaints)

    @routes.get("/export", response_class=Response)
    async def export(
        staff: Annotated[Staff, exporters],
        year: Annotated[int, Query(ge=2000, le=2100)],
        form: Annotated[Literal["csv", "json"], Query()] = "csv",
        language: Annotated[Language | None, Query()] = None,
    ) -> Response:
        """Return what a regulator gets, without whoever complained.

        ``csv``: in words of a language (the bank's by itself), for people. ``json``: in codes.
        """
        async with working(services, staff) as (tx, work):
            rows = await reporting.export(tx, year, config=services.complaints)
            await actions.journal_export(tx, work, year=year, rows=len(rows), form=form)
        name = f"complaints-{year}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if form == "json":
            return Response(reporting.as_json(rows), media_type="application/json", headers=headers)
        text = as_csv(
            rows,
            reporting.COLUMNS,
            language=language or home().language,
            causes=services.complaints.causes,
        )
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)

    @routes.get("/correctives")
    async def correctives(staff: Annotated[Staff, readers]) -> list[CorrectiveView]:
        """List corrective actions, the newest first, with their effect."""
        async with working(services, staff) as (tx, work):
            found = await actions.correctives(tx, config=services.complaints, at=work.at)
            return [CorrectiveView.of(one, effect) for one, effect in found]

    @routes.post("/correctives")
    async def open_corrective(
        body: bodies.CorrectiveBody, staff: Annotated[Staff, handlers]
    ) -> CorrectiveView:
        """Decide what is done about a cause."""
        async with working(services, staff) as (tx, work):
            made = await actions.open_corrective(
                tx, work, cause=body.cause, what=body.what, owner=body.owner, due_on=body.due_on
            )
            return CorrectiveView.of(made, None)

    @routes.post("/correctives/{corrective}/finish")
    async def finish_corrective(
        corrective: str, body: bodies.WordsBody, staff: Annotated[Staff, handlers]
    ) -> CorrectiveView:
        """Write that it is done; its effect is measured from today."""
        async with working(services, staff) as (tx, work):
            done = await actions.finish_corrective(tx, work, corrective, result=body.text)
            return CorrectiveView.of(done, None)

    return routes
