"""POST /sync_mirror: show in the mirror what it missed. For the scheduler alone."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from common import runtime
from common.api.endpoint import answer
from common.operations import sync_mirror as operation


@functions_framework.aio.http
async def sync_mirror(request: Request) -> Response:
    """200 with how many listings it was, or a problem."""
    return await answer(request, operation, runtime.services())
