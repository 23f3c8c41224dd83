"""GET /get_listing?id=…: one listing with its history."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from common import runtime
from common.api.endpoint import answer
from common.operations import get_listing as operation


@functions_framework.aio.http
async def get_listing(request: Request) -> Response:
    """200 with the listing, 304 when it has not changed, or a problem."""
    return await answer(request, operation, runtime.services())
