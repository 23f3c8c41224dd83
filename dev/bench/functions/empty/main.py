# ruff: noqa: INP001 - a deployment's folder, not a package
"""The ceiling: a function that reads its request and answers, and does nothing else."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response


@functions_framework.aio.http
async def empty(request: Request) -> Response:
    """200 with a small JSON object."""
    await request.body()
    return Response(b'{"accepted":true}', media_type="application/json")
