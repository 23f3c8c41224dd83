# mypy: ignore-errors
"""One address."""

from django.urls import path

from dev.bench.django_site.views import place_bid

urlpatterns = [path("", place_bid)]
