"""GET /search_listings: find listings."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from common import runtime
from common.api.endpoint import answer
from common.operations import search_listings as operation


@functions_framework.aio.http
async def search_listings(request: Request) -> Response:
    """200 with a page of listings, or a problem."""
    return await answer(request, operation, runtime.services())
