"""POST /place_bid: bid on an open listing."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from common import runtime
from common.api.endpoint import answer
from common.operations import place_bid as operation


@functions_framework.aio.http
async def place_bid(request: Request) -> Response:
    """201 with the accepted bid, or a problem."""
    return await answer(request, operation, runtime.services())
