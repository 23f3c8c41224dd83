"""Whether a listing was closed as the rules have it: once, at or after its end, with the outcome of its standing."""

from __future__ import annotations

from collections.abc import Iterator

from common.domain.closing import outcome_of
from common.domain.listing import Outcome, Status
from dev.audit.stored import StoredListing


def closing_disagreements(stored: StoredListing) -> Iterator[tuple[str, str]]:
    """The kind and the sentence of everything about its closing that does not agree."""
    listing = stored.listing
    if listing.status is not Status.CLOSED:
        if stored.closings or stored.closed_at or listing.outcome or listing.winner:
            yield "closing", f"it is {listing.status} and has traces of a closing"
        return
    outcome = outcome_of(listing.terms, listing.standing)
    winner = listing.standing.leader if outcome is Outcome.SOLD else None
    if (listing.outcome, listing.winner) != (outcome, winner):
        yield (
            "outcome",
            f"it ended {listing.outcome} with winner {listing.winner}, by the rules {outcome} with {winner}",
        )
    if stored.closed_at is None or stored.closed_at < listing.standing.ends_at:
        yield "closing", f"it was closed at {stored.closed_at}, before its end {listing.standing.ends_at}"
    facts = {
        "outcome": outcome,
        "winner": winner,
        "price": listing.standing.price,
        "bid_count": listing.standing.bid_count,
    }
    if list(stored.closings) != [facts]:
        yield "record", f"it has the closings {stored.closings} on record, not once {facts}"
