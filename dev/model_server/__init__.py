"""A stand-in for a language model: speaks OpenAI's protocol, answers from a script of hand-written plans.

There is no intelligence in it and nothing in it is measured as if there were. In tests:

    with model_server([Line("top sellers", sql("SELECT ..."))]) as server:
        ...  # server.base_url, server.requests

and by hand, with the script of dev.model_server.market: `python -m dev.model_server`.
"""

from dev.model_server.script import (
    Line,
    Reply,
    breaks_off,
    clarify,
    decline,
    dripping,
    fails,
    filtered,
    late,
    no_choices,
    page,
    redirects,
    refusal,
    says,
    sql,
)
from dev.model_server.server import ModelServer, model_server

__all__ = [
    "Line",
    "ModelServer",
    "Reply",
    "breaks_off",
    "clarify",
    "decline",
    "dripping",
    "fails",
    "filtered",
    "late",
    "model_server",
    "no_choices",
    "page",
    "redirects",
    "refusal",
    "says",
    "sql",
]
