"""POST /create_listing: offer an item."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from common import runtime
from common.api.endpoint import answer
from common.operations import create_listing as operation


@functions_framework.aio.http
async def create_listing(request: Request) -> Response:
    """201 with the listing, or a problem."""
    return await answer(request, operation, runtime.services())
