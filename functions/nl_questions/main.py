"""GET /nl_questions: what can be asked without a model, and what the analyst asked and saved."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from common import runtime
from common.api.endpoint import answer
from common.operations import nl_questions as operation


@functions_framework.aio.http
async def nl_questions(request: Request) -> Response:
    """200 with the lists, or a problem."""
    return await answer(request, operation, runtime.services())
