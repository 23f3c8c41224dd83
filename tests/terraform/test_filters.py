"""The reader of filters itself: a metric's test is worth what this is."""

import pytest

from tests.terraform.filters import Entry, LogMetric, entry_of, field, matches

ENTRY: Entry = {
    "logName": "projects/demo/logs/run.googleapis.com%2Fstdout",
    "severity": "WARNING",
    "jsonPayload": {"message": "Request", "status": 500, "shown": False, "text": "100"},
}


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ('jsonPayload.message="request"', True),
        ('jsonPayload.message="reques"', False),
        ('jsonPayload.message:"QUES"', True),
        ('jsonPayload.message:"quest "', False),
        ("jsonPayload.status>=500", True),
        ("jsonPayload.status>500", False),
        ("jsonPayload.status<=500", True),
        ("jsonPayload.status<500", False),
        ("jsonPayload.status=500", True),
        ("jsonPayload.text=100", False),
        ("jsonPayload.shown=false", True),
        ("jsonPayload.shown=true", False),
        ("jsonPayload.status=true", False),
        ("jsonPayload.missing<1", False),
        ("severity>=WARNING", True),
        ("severity>=ERROR", False),
        ("severity=WARNING", True),
        ('log_id("run.googleapis.com/stdout")', True),
        ('log_id("run.googleapis.com/requests")', False),
    ],
)
def test_a_line_is_read_as_the_query_language_has_it(line: str, *, holds: bool) -> None:
    """Texts without regard to case, numbers only against numbers, severities by rank."""
    assert matches(line, ENTRY) is holds


def test_every_line_must_hold() -> None:
    """Line breaks mean AND."""
    assert matches("severity>=INFO\njsonPayload.status>=500\n", ENTRY)
    assert not matches("severity>=INFO\njsonPayload.status>=501\n", ENTRY)


@pytest.mark.parametrize(
    "query",
    ["", "a = 1", 'a=1 OR a="b"', "NOT a=1", "jsonPayload.status", 'jsonPayload.message>"a"', "severity>=INFO\n???"],
)
def test_what_is_not_understood_is_an_error(query: str) -> None:
    """Also behind a line that does not hold; never a silent no."""
    with pytest.raises(ValueError, match=r"filter|texts"):
        matches("severity>=EMERGENCY\n" + query if query else query, ENTRY)


def test_a_line_becomes_an_entry_as_cloud_run_makes_it() -> None:
    """Severity and trace move out, the rest stays; what is no object is no entry of ours."""
    line = '{"severity":"ERROR","message":"m","status":5,"logging.googleapis.com/trace":"t"}'

    entry = entry_of(line, operation="place_bid")

    assert entry is not None
    assert (entry["severity"], entry["trace"], entry["jsonPayload"]) == ("ERROR", "t", {"message": "m", "status": 5})
    assert field(entry, "resource.labels.service_name") == "place-bid"
    assert entry_of("Traceback", operation="place_bid") is None
    assert entry_of("5", operation="place_bid") is None


def test_a_line_with_nothing_but_its_message_becomes_a_text() -> None:
    """Cloud Run moves a lonely message: a filter on jsonPayload.message would miss it."""
    entry = entry_of('{"severity":"INFO","message":"alone"}', operation="place_bid")

    assert entry is not None
    assert entry["textPayload"] == "alone"
    assert not matches('jsonPayload.message="alone"', entry)


def test_the_modules_metrics_are_found() -> None:
    """With filter, value and labels."""
    metrics = LogMetric.all()

    assert metrics["latency"].value == "jsonPayload.milliseconds"
    assert metrics["latency"].labels == {"operation": "jsonPayload.operation"}
    assert metrics["scheduler_failures"].labels == {"job": "resource.labels.job_id"}
    assert metrics["bugs"].value is None
    assert metrics["bugs"].filter.startswith('resource.type="cloud_run_revision"\n')
