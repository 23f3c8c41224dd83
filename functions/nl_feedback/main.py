"""POST /nl_feedback: what an analyst makes of an answer."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from common import runtime
from common.api.endpoint import answer
from common.operations import nl_feedback as operation


@functions_framework.aio.http
async def nl_feedback(request: Request) -> Response:
    """200 with the mark that is kept, or a problem."""
    return await answer(request, operation, runtime.services())
