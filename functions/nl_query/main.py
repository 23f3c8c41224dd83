"""POST /nl_query: an analyst's question, answered with rows, a chart and the SQL."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from common import runtime
from common.api.endpoint import answer
from common.operations import nl_query as operation


@functions_framework.aio.http
async def nl_query(request: Request) -> Response:
    """200 with what became of the question, or a problem."""
    return await answer(request, operation, runtime.services())
