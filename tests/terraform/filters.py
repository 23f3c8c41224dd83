"""Log lines as Cloud Logging stores them, the metrics that read them, and as much of its query language as they use.

One comparison a line, all of which must hold: `field=text`, `field:part of a text`, `field>=number`, `field=true`,
`severity>=LEVEL`, `log_id("name")`. Whatever else stands in a filter is an error here, not a line that matches nothing.
"""

import json
import operator
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

from dev.stack.settings import ROOT

MONITORING = ROOT / "terraform" / "modules" / "monitoring"
SEVERITIES = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")

Entry = Mapping[str, Any]

_METRIC = re.compile(r'^resource "google_logging_metric" "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_FILTER = re.compile(r"^ *filter = <<-EOT\n(.*?)^ *EOT$", re.MULTILINE | re.DOTALL)
_VALUE = re.compile(r'^ *value_extractor *= "EXTRACT\(([\w.]+)\)"$', re.MULTILINE)
_LABEL = re.compile(r'^ *(\w+) *= "EXTRACT\(([\w.]+)\)"$', re.MULTILINE)
_LOG_ID = re.compile(r'log_id\("([^"]+)"\)')
_COMPARISON = re.compile(r'([a-zA-Z_.]+)(>=|<=|=|<|>|:)(?:"([^"]*)"|([\w.]+))')
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMetric:
    """A metric as the module has it: its filter, the field of its value, the field of each label."""

    name: str
    filter: str
    value: str | None
    labels: Mapping[str, str]

    @classmethod
    def all(cls, path: Path = MONITORING / "metrics.tf") -> dict[str, Self]:
        """Every metric of the file by its name."""
        blocks = _METRIC.findall(path.read_text(encoding="utf-8"))
        return {name: cls._of(name, block) for name, block in blocks}

    @classmethod
    def _of(cls, name: str, block: str) -> Self:
        (query,) = _FILTER.findall(block)
        value = _VALUE.search(block)
        labels = {label: field for label, field in _LABEL.findall(block) if label != "value_extractor"}
        return cls(name=name, filter=textwrap.dedent(query), value=value[1] if value else None, labels=labels)

    def matches(self, entry: Entry) -> bool:
        """Whether the metric counts this entry."""
        return matches(self.filter, entry)


def matches(query: str, entry: Entry) -> bool:
    """Whether every line of a filter holds for an entry.

    Raises:
        ValueError: a line is beyond what is read here.
    """
    lines = [line.strip() for line in query.splitlines() if line.strip()]
    if not lines:
        raise ValueError("a filter without a line matches everything")
    held = [_holds(line, entry) for line in lines]  # every line is read, also behind one that does not hold
    return all(held)


def field(entry: Entry, path: str) -> Any:
    """What stands at a path such as jsonPayload.status; None if nothing does."""
    found: Any = entry
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found


def entry_of(line: str, *, operation: str) -> Entry | None:
    """A line of a function's standard output as Cloud Run stores it; None for one that is no JSON object.

    Severity and trace leave the payload for fields of their own; `message` stays in it while there are others.
    """
    try:
        payload = json.loads(line)
    except ValueError:
        return None
    if not isinstance(payload, dict):
        return None
    severity = payload.pop("severity", "DEFAULT")
    trace = payload.pop("logging.googleapis.com/trace", None)
    return {
        "logName": "projects/demo/logs/run.googleapis.com%2Fstdout",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": operation.replace("_", "-")}},
        "severity": severity,
        "trace": trace,
        **({"jsonPayload": payload} if payload.keys() != {"message"} else {"textPayload": payload["message"]}),
    }


def _holds(line: str, entry: Entry) -> bool:
    if log := _LOG_ID.fullmatch(line):
        return unquote(entry["logName"].partition("/logs/")[2]) == log[1]
    comparison = _COMPARISON.fullmatch(line)
    if comparison is None:
        raise ValueError(f"this line of a filter is not understood: {line}")
    path, sign, text, bare = comparison.groups()
    found = field(entry, path)
    if found is None:
        return False
    if path == "severity":
        return _ORDER[sign](SEVERITIES.index(found), SEVERITIES.index(bare))
    if text is not None:
        return _text_holds(str(found), sign, text)
    if bare in ("true", "false"):
        return sign == "=" and found is (bare == "true")
    return type(found) in (int, float) and _ORDER[sign](found, float(bare))


def _text_holds(found: str, sign: str, text: str) -> bool:
    """Case does not count in either."""
    if sign == ":":
        return text.casefold() in found.casefold()
    if sign != "=":
        raise ValueError(f"texts are compared by = and : alone, not by {sign}")
    return found.casefold() == text.casefold()
