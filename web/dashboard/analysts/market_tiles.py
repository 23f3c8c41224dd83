"""What the market page shows: verified questions by their ids, which are known nowhere else."""

from dataclasses import dataclass

ALL_CATEGORIES = "all categories"
"""How a verified question names that it restricts nothing."""

FIRST_PERIOD = "last 30 days"
PERIODS = (
    "last 7 days",
    "last 30 days",
    "last 90 days",
    "last 12 months",
    "this month",
    "last month",
    "this year",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One question on the page. `kind` overrides the chart that the answer names."""

    id: str
    title: str
    kind: str | None = None
    unit: str = ""


FIGURES = (
    Tile(id="live-auctions", title="Live auctions"),
    Tile(id="bids", title="Bids"),
    Tile(id="gmv", title="GMV"),
    Tile(id="sell-through", title="Sell-through", unit="%"),
    Tile(id="average-selling-price", title="Average price"),
    Tile(id="bidders", title="Active bidders"),
)

ROWS: tuple[tuple[Tile, ...], ...] = (
    (Tile(id="gmv-by-day-without-gaps", title="GMV by day"), Tile(id="bids-by-day", title="Bids by day")),
    (
        Tile(id="bids-by-hour-of-day", title="Bids by hour of the day"),
        Tile(id="top-categories", title="Top categories"),
    ),
    (Tile(id="top-listings-by-bids-placed", title="Top listings"),),
    (Tile(id="ending-soon", title="Ending soon"),),
    (Tile(id="shill-suspects", title="Suspicious bidders"),),
)

TILES = (*FIGURES, *(tile for row in ROWS for tile in row))
