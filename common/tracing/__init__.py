"""Traces, from a browser's call to the SQL statement: off unless TRACES says otherwise.

While they are off nothing of OpenTelemetry is imported by this package, and no method of the product knows of it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from common.config.tracing import TraceSettings

if TYPE_CHECKING:
    from common.tracing.spans import Spans


@functools.cache
def begin() -> Spans | None:
    """The spans of this process, None while they are off; the first call turns them on if they are to be.

    Raises:
        SettingsError: naming the setting that is missing or wrong.
    """
    settings = TraceSettings.from_env()
    if settings is None:
        return None
    from common.tracing.export import tracer
    from common.tracing.instruments import instrument
    from common.tracing.spans import Spans

    spans = Spans(tracer(settings))
    instrument(spans)
    return spans
