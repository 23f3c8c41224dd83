# mypy: ignore-errors
# ruff: noqa: DJ008
"""The tables. No foreign keys in the database, as in Gavel's: they would lock parent rows for every bid."""

from django.db import models


class Bidder(models.Model):
    """Somebody who bid once."""

    subject = models.CharField(max_length=128, unique=True)

    class Meta:
        """Its table."""

        db_table = "bidder"


class Listing(models.Model):
    """A listing and its standing."""

    id = models.CharField(max_length=11, primary_key=True)
    seller = models.CharField(max_length=128)
    title = models.CharField(max_length=140)
    description = models.TextField()
    category = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    starting_price = models.BigIntegerField()
    reserve_price = models.BigIntegerField(null=True)
    increment = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField()
    scheduled_end = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=16)
    leader_id = models.BigIntegerField(null=True)
    high_max = models.BigIntegerField(null=True)
    second_max = models.BigIntegerField(null=True)
    current_price = models.BigIntegerField()
    bid_count = models.IntegerField(default=0)
    version = models.BigIntegerField(default=1)

    class Meta:
        """Its table, and the index by which closing would find what is due."""

        db_table = "listing"
        indexes = (models.Index(fields=["status", "ends_at"], name="listing_due"),)


class Bid(models.Model):
    """A bid and what the listing showed right after it."""

    listing = models.ForeignKey(Listing, models.DO_NOTHING, db_constraint=False)
    seq = models.IntegerField()
    bidder = models.ForeignKey(Bidder, models.DO_NOTHING, db_constraint=False, db_index=False)
    max_amount = models.BigIntegerField()
    idempotency_key = models.CharField(max_length=64)
    placed_at = models.DateTimeField()
    leader_id = models.BigIntegerField()
    price = models.BigIntegerField()
    version = models.BigIntegerField()

    class Meta:
        """Its table, and what recognises a repeated request."""

        db_table = "bid"
        constraints = (models.UniqueConstraint(fields=["bidder", "idempotency_key"], name="bid_idempotency"),)
