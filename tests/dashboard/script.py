"""The lines of the scripted server: questions by what they bring about, and answers as nl_query gives them."""

import math
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Document = dict[str, Any]

CATEGORIES = ["Art", "Books", "Cameras", "Coins", "Furniture", "Jewelry", "Watches", "Wine"]
TITLES = (
    "Leica M3 double stroke, 1955",
    "Sapphire and seed pearl brooch, about 1900",
    "Coastal pilot guide with 22 folding charts, 1874",
    "Silver dollar, 1881, with a clear mint mark",
    "Walnut writing desk, Vienna, about 1830",
)
HOSTILE = (
    '<img src=x onerror="document.title=1">',
    '=HYPERLINK("http://evil.example","click")',
    "[click me](https://evil.example) **bold** :material/bolt: :red[red] $x^2$",
    "www.evil.example and someone@evil.example",
    "<script>document.title=2</script>",
)

TOP = "Top 5 listings by bids"
MONTHS = "Monthly GMV for 2026"
ONE_NUMBER = "How many users have signed up?"
SPLIT = "Monthly bids by category"
WILD = "Show me the hostile titles"
NOTHING = "Which wines sold for more than a million?"
MANY = "List all bids"
UNCLEAR = "How are sales trending?"
NOT_HERE = "Which country do most bidders come from?"
FORBIDDEN = "Show the e-mails"
TOO_LONG = "Compare every bid with every other"
NO_MODEL = "What did people like most in spring?"
TOO_MANY = "One more"
BROKEN = "Make it break"
HANG_UP = "Hang up"
SLOW = "Take your time"
REVIEWED = "How many lamps were sold?"
REVIEWED_ID = "5f" * 16
FREE = "Which sellers had the best May?"

TOP_SQL = (
    "SELECT `l`.`id`, `l`.`title`, `l`.`bid_count` FROM `listings` AS `l` "
    "ORDER BY `l`.`bid_count` DESC, `l`.`id` LIMIT 5"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer over HTTP."""

    document: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    hangs_up: bool = False


def answer(**members: Any) -> Document:
    """A whole answer; what a test is not about is usual."""
    usual = {
        "status": "answered",
        "source": "model",
        "sql": "SELECT 1 AS `n`",
        "columns": [],
        "rows": [],
        "truncated": False,
        "explanation": "",
        "assumptions": [],
        "chart": None,
        "suggestions": [],
        "options": [],
        "usage": {"in": 2100, "cached": 1800, "out": 96, "cost": "0.0012"},
        "timings": {"total_ms": 1432.0, "match_ms": 1.4, "model_ms": 1310.0, "guard_ms": 3.1, "database_ms": 41.0},
        "request_id": "req-1",
        "reason": None,
        "verified": None,
        "as_of": "2026-06-15T12:03:00Z",
        "cached": False,
    }
    return usual | members


def refused(status: str, code: str, message: str, **members: Any) -> Document:
    """An answer without rows."""
    return answer(status=status, source=None, sql=None, reason={"code": code, "message": message}) | members


def column(name: str, kind: str) -> Document:
    """A column of a result."""
    return {"name": name, "type": kind}


def parameter(name: str, kind: str, label: str, value: Any, **bounds: Any) -> Document:
    """A blank of a verified question."""
    usual = {"choices": None, "minimum": None, "maximum": None}
    return {"name": name, "type": kind, "label": label, "value": value} | usual | bounds


def periods(value: str = "last 30 days") -> Document:
    """A blank for a period."""
    choices = ["last 7 days", "last 30 days", "last 90 days", "this month", "this year", "all time"]
    return parameter("period", "period", "Period", value, choices=choices)


def category(value: str = "all categories") -> Document:
    """A blank for a category."""
    return parameter("category", "choice", "Category", value, choices=["all categories", *CATEGORIES])


def top_listings(count: int = 5, **members: Any) -> Document:
    """The seed's own example."""
    rows = [[f"lst{n:08d}", TITLES[n % 5], 214 - 13 * n] for n in range(count)]
    usual = {
        "source": "verified",
        "sql": TOP_SQL,
        "columns": [column("id", "text"), column("title", "text"), column("bid_count", "integer")],
        "rows": rows,
        "explanation": "The listings with the most bids, over all time and all categories.",
        "assumptions": ["Retracted bids do not count.", "Auctions of every status are included."],
        "chart": {"type": "bar", "x": "title", "y": ["bid_count"], "series": None},
        "timings": {"total_ms": 12.4, "match_ms": 0.4, "model_ms": 0, "guard_ms": 2.8, "database_ms": 8.0},
        "verified": {
            "id": "top-listings-by-bids",
            "question": TOP,
            "parameters": [
                parameter("count", "whole", "How many", count, minimum=1, maximum=100),
                category(),
                periods("all time"),
            ],
        },
    }
    return answer(**(usual | members))


def months() -> Document:
    """A line over months."""
    rows = [[f"2026-{n:02d}", f"{18000 + 4200 * math.sin(n):.2f}"] for n in range(1, 13)]
    return answer(
        columns=[column("month", "text"), column("gmv", "decimal")],
        rows=rows,
        explanation="The sum of hammer prices of sold listings, by the month in which they closed.",
        assumptions=["Sold means closed with a winner.", "Amounts of all currencies are added as they are."],
        chart={"type": "line", "x": "month", "y": ["gmv"], "series": None},
        sql="SELECT DATE_FORMAT(`closed_at`, '%Y-%m') AS `month`, SUM(`current_price`) AS `gmv` FROM `listings` "
        "WHERE `winner_id` IS NOT NULL AND `closed_at` >= '2026-01-01' AND `closed_at` < '2027-01-01' GROUP BY `month` "
        "ORDER BY `month` LIMIT 1001",
        suggestions=["Split that by category", "And for 2025?"],
    )


def split() -> Document:
    """A line with a series."""
    rows = [
        [f"2026-{month:02d}-01", name, 200 + 40 * place + round(60 * math.sin(month + place))]
        for month in range(1, 7)
        for place, name in enumerate(CATEGORIES[:5])
    ]
    return answer(
        columns=[column("month_start", "date"), column("category", "text"), column("bids", "integer")],
        rows=rows,
        chart={"type": "line", "x": "month_start", "y": ["bids"], "series": "category"},
    )


def wild() -> Document:
    """Cells, names and words written by somebody who means harm."""
    rows = [[title, "2026-06-15T12:00:00Z", 9 - place, f"{-12.5 * place:.2f}"] for place, title in enumerate(HOSTILE)]
    return answer(
        source="cache",
        columns=[
            column("title", "text"),
            column("ends_at", "datetime"),
            column("bids", "integer"),
            column("change", "decimal"),
        ],
        rows=rows,
        explanation="**Explained** by [somebody](https://evil.example) <b>else</b>",
        assumptions=["<img src=x onerror=alert(1)>"],
        suggestions=["Show [this](https://evil.example) **now** :material/bolt: www.evil.example"],
        chart={"type": "bar", "x": "title", "y": ["bids"], "series": None},
    )


ANSWERS: dict[str, Document] = {
    REVIEWED: answer(
        source="verified",
        columns=[column("lamps", "integer")],
        rows=[[31]],
        verified={"id": REVIEWED_ID, "question": REVIEWED, "parameters": [], "reviewed": True},
    ),
    MONTHS: months(),
    SPLIT: split(),
    WILD: wild(),
    ONE_NUMBER: answer(
        columns=[column("users", "integer")],
        rows=[[12408]],
        explanation="Everybody who ever signed in.",
        chart={"type": "metric", "x": None, "y": ["users"], "series": None},
    ),
    NOTHING: answer(columns=[column("title", "text")], explanation="Wines above a million."),
    MANY: answer(
        columns=[column("listing_id", "text"), column("amount", "decimal"), column("placed_at", "datetime")],
        rows=[[f"lst{n % 90:08d}", f"{n}.50", f"2026-06-15T{n % 24:02d}:{n % 60:02d}:00Z"] for n in range(1000)],
        truncated=True,
        cached=True,
    ),
    UNCLEAR: refused(
        "clarify",
        "",
        "",
        reason=None,
        explanation="Measured as GMV or as sold listings, and by day, week or month?",
        options=[MONTHS, "Sold listings by week", "Sell-through by month"],
    ),
    NOT_HERE: refused(
        "declined",
        "no_such_data",
        "Nothing here says where people live.",
        suggestions=["How many different people have placed a bid?", TOP],
    ),
    FORBIDDEN: refused(
        "blocked",
        "unknown_column",
        "users has no column email. It has id, display_name and created_at.",
        sql="SELECT email FROM users",
        source="model",
    ),
    TOO_LONG: refused(
        "failed", "timeout", "The query ran for 5 seconds and was stopped.", sql="SELECT 1", source="model"
    ),
    NO_MODEL: refused(
        "declined",
        "model_not_configured",
        "No model is configured.",
        suggestions=[TOP, "GMV by category in the last 30 days", "Which auctions end in the next 24 hours?"],
    ),
    FREE: answer(
        columns=[column("display_name", "text"), column("sold", "integer"), column("gmv", "decimal")],
        rows=[["Ada", 41, "18204.50"], ["Bruno", 33, "15120.00"], ["Chidi", 29, "9120.25"]],
        explanation="Sellers by the sum of their hammer prices in May 2026.",
        chart={"type": "bar", "x": "display_name", "y": ["gmv"], "series": None},
    ),
}

PROBLEMS: dict[str, Line] = {
    TOO_MANY: Line(
        status=429,
        document={"code": "too_many_questions", "title": "Too many questions", "trace_id": "abc123"},
        headers={"Retry-After": "42"},
    ),
    BROKEN: Line(status=500, document={"code": "internal", "detail": "Traceback: pymysql", "trace_id": "abc123"}),
    HANG_UP: Line(document=None, hangs_up=True),
    SLOW: Line(document=months(), seconds=3.0),
}


def line_for(body: Document) -> Line:
    """What a request to nl_query is answered with."""
    question = body["question"]
    if body.get("sql_override") is not None:
        return Line(document=edited(body["sql_override"]))
    if body.get("verified") is not None:
        return Line(document=verified_answer(body["verified"], body.get("parameters") or {}))
    if question in PROBLEMS:
        return PROBLEMS[question]
    if question == TOP:
        return Line(document=top_listings(cached=bool(not body.get("refresh")), request_id="req-top"))
    document = ANSWERS.get(question) or ANSWERS.get(re.sub(r" \(.*\)$", "", question) if "(" in question else "")
    if document is not None and document["status"] == "clarify" and "(" in question:
        return Line(document=months())
    return Line(document=document or ANSWERS[NO_MODEL])


def edited(sql: str) -> Document:
    """What comes of the visitor's own SQL."""
    if not sql.lower().startswith("select") or "email" in sql.lower():
        return refused("blocked", "not_a_select", "Write one SELECT.", sql=sql, source="edited")
    return top_listings(3, source="edited", sql=sql, verified=None, explanation="")


def desk(**members: Any) -> Document:
    """An analyst's desk."""
    usual = {
        "verified": [
            {"id": name, "area": area, "question": question, "parameters": blanks, "terms": []}
            for name, (area, question, blanks) in VERIFIED.items()
        ],
        "saved": [
            {
                "request_id": "old-1",
                "question": MONTHS,
                "sql": "SELECT 1",
                "source": "model",
                "at": "2026-06-14T09:00:00Z",
            },
        ],
        "history": [
            {
                "request_id": "old-2",
                "question": NOT_HERE,
                "status": "declined",
                "source": None,
                "at": "2026-06-15T09:00:00Z",
                "mark": None,
            },
            {
                "request_id": "old-1",
                "question": MONTHS,
                "status": "answered",
                "source": "model",
                "at": "2026-06-14T09:00:00Z",
                "mark": "saved",
            },
        ],
        "glossary": [
            {"term": "GMV", "synonyms": ["turnover"], "meaning": "The sum of hammer prices of sold listings."},
            {
                "term": "Sell-through",
                "synonyms": [],
                "meaning": "Sold listings among closed ones, cancelled ones left out.",
            },
        ],
        "categories": CATEGORIES,
        "model": "gpt-test",
        "reviewer": False,
        "analyst": "analyst@example.com",
    }
    return usual | members


BOTH = [periods(), category()]
VERIFIED: dict[str, tuple[str, str, list[Document]]] = {
    "top-listings-by-bids": (
        "Listings",
        TOP,
        [parameter("count", "whole", "How many", 5, minimum=1, maximum=100), category(), periods("all time")],
    ),
    "bids-on-listing": ("Bids", "Bids on a listing", [parameter("listing", "text", "Listing", "")]),
    "live-auctions": ("Market", "How many auctions are live?", [category()]),
    "bids": ("Bids", "How many bids were placed in the last 30 days?", BOTH),
    "gmv": ("Sales", "GMV in the last 30 days", BOTH),
    "sell-through": ("Sales", "What is the sell-through rate in the last 30 days?", BOTH),
    "average-selling-price": ("Sales", "What is the average selling price in the last 30 days?", BOTH),
    "bidders": ("Bidders", "How many bidders were active in the last 30 days?", BOTH),
    "gmv-by-day-without-gaps": ("Sales", "GMV by day in the last 30 days", BOTH),
    "bids-by-day": ("Bids", "Bids by day in the last 30 days", BOTH),
    "bids-by-hour-of-day": ("Bids", "At what hour of the day do most bids come in?", BOTH),
    "top-categories": ("Sales", "GMV by category in the last 30 days", [periods()]),
    "top-listings-by-bids-placed": ("Listings", "Top 10 listings by bids placed in the last 30 days", BOTH),
    "ending-soon": ("Listings", "Which auctions end in the next 24 hours?", [category()]),
    "shill-suspects": ("Trust", "Which bidders look like shills?", [periods("all time")]),
}


def verified_answer(name: str, values: Document) -> Document:
    """An answer of a verified question."""
    if name == "top-listings-by-bids":
        return top_listings(int(values.get("count", 5)), request_id="req-top")
    _, question, blanks = VERIFIED[name]
    made = dict(MADE[name])
    earlier = made.pop("before", None)
    if earlier is not None and str(values.get("period")).startswith("between"):
        made["rows"] = earlier
    filled = [blank | {"value": values.get(blank["name"], blank["value"])} for blank in blanks]
    verified = {"id": name, "question": question, "parameters": filled}
    return answer(source="verified", request_id=f"req-{name}", verified=verified) | made


def days(count: int = 30) -> list[str]:
    """Days up to a fixed one."""
    last = date(2026, 6, 15)
    return [str(last - timedelta(days=count - 1 - n)) for n in range(count)]


def wave(place: int, height: float, seed: float) -> float:
    """Something that looks alive and is always the same."""
    return height * (1 + 0.35 * math.sin(place / 2 + seed) + 0.2 * math.sin(place * 1.7 + seed))


def figure(name: str, kind: str, now: Any, before: Any) -> Document:
    """One number; `before` is the one over an earlier period."""
    chart = {"type": "metric", "x": None, "y": [name], "series": None}
    return {"columns": [column(name, kind)], "rows": [[now]], "before": [[before]], "chart": chart}


def by_day(name: str, kind: str, height: float, seed: float) -> Document:
    """A number for each of thirty days."""
    values = [wave(place, height, seed) for place in range(30)]
    cells = [f"{value:.2f}" if kind == "decimal" else round(value) for value in values]
    return {
        "columns": [column("day", "date"), column(name, kind)],
        "rows": [[day, cell] for day, cell in zip(days(), cells, strict=True)],
        "chart": {"type": "line", "x": "day", "y": [name], "series": None},
    }


MADE: dict[str, Document] = {
    "bids-on-listing": {"columns": [column("amount", "decimal")], "rows": [["12.00"], ["11.00"]]},
    "live-auctions": {"columns": [column("live", "integer")], "rows": [[1284]]},
    "bids": figure("bids", "integer", 48211, 44120),
    "gmv": figure("gmv", "decimal", "318204.50", "340110.00"),
    "sell-through": figure("sell_through_pct", "decimal", "63.20", "61.90"),
    "average-selling-price": figure("asp", "decimal", "212.40", "208.10"),
    "bidders": figure("bidders", "integer", 3921, 3700),
    "gmv-by-day-without-gaps": by_day("gmv", "decimal", 9000, 1),
    "bids-by-day": by_day("bids", "integer", 1500, 2),
    "bids-by-hour-of-day": {
        "columns": [column("hour", "integer"), column("bids", "integer")],
        "rows": [[hour, round(wave(hour, 900, 4) + 60 * hour)] for hour in range(24)],
        "chart": {"type": "bar", "x": "hour", "y": ["bids"], "series": None},
    },
    "top-categories": {
        "columns": [column("category", "text"), column("gmv", "decimal")],
        "rows": [[name, f"{64000 / (place + 1):.2f}"] for place, name in enumerate(reversed(CATEGORIES))],
        "chart": {"type": "bar", "x": "category", "y": ["gmv"], "series": None},
    },
    "top-listings-by-bids-placed": {
        "columns": [column("title", "text"), column("bids", "integer")],
        "rows": [[title, 90 - 7 * n] for n, title in enumerate((*TITLES, HOSTILE[0]))],
        "chart": {"type": "bar", "x": "title", "y": ["bids"], "series": None},
    },
    "ending-soon": {
        "columns": [
            column("title", "text"),
            column("ends_at", "datetime"),
            column("current_price", "decimal"),
            column("bid_count", "integer"),
        ],
        "rows": [[TITLES[n % 5], f"2026-06-15T{13 + n}:05:00Z", f"{120 * (n + 1)}.00", 30 - 3 * n] for n in range(6)],
        "chart": {"type": "table", "x": None, "y": [], "series": None},
    },
    "shill-suspects": {
        "columns": [
            column("bidder_id", "text"),
            column("display_name", "text"),
            column("seller_id", "text"),
            column("auctions", "integer"),
            column("won", "integer"),
        ],
        "rows": [["u-812", "quiet_owl", "u-101", 14, 0], ["u-733", HOSTILE[2], "u-101", 9, 0]],
        "chart": {"type": "table", "x": None, "y": [], "series": None},
    },
}
