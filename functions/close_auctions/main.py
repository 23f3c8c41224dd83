"""POST /close_auctions: end the auctions that are due. For the scheduler alone."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from common import runtime
from common.api.endpoint import answer
from common.operations import close_auctions as operation


@functions_framework.aio.http
async def close_auctions(request: Request) -> Response:
    """200 with how many ended how, or a problem."""
    return await answer(request, operation, runtime.services())
