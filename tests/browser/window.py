"""A browser window, and what a person does and sees in it."""

import re

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.market import Document, Person, id_of

_REFUSED = re.compile(r"status of (\d{3}) ")


class Window:
    """One page of the site. `complaints` is what its console shows as an error; a refusal that is meant is no error."""

    def __init__(self, page: Page, house: str) -> None:
        self.page = page
        self.house = house
        self.complaints: list[str] = []
        self._meant: set[str] = set()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def __call__(self, selector: str) -> Locator:
        """What is found on the page."""
        return self.page.locator(selector)

    def may_be_refused(self, *statuses: int) -> None:
        """Let the server answer so: the console tells of every such answer."""
        self._meant |= {str(status) for status in statuses}

    def may_lose_answers(self) -> None:
        """Let requests fail."""
        self._meant.add("net::ERR_FAILED")

    def open(self, place: str = "#/") -> None:
        """Go to a place of the site: `#/sell`, `problems.html`."""
        self.page.goto(f"{self.house}/{place}")

    def open_listing(self, listing: Document | str) -> None:
        """Go to a listing and wait until it is there."""
        self.open(f"#/listing/{id_of(listing)}")
        expect(self("#price")).to_be_visible()

    def sign_in(self, person: Person, name: str = "") -> None:
        """Become a person, whose functions' answers are then the same person's."""
        self("#open-sign-in").click()
        self("#sign-in-user").fill(person.user_id)
        self("#sign-in-display-name").fill(name)
        self("#sign-in-button").click()
        expect(self("#account-name")).to_contain_text(name or person.user_id)

    def review_bid(self, amount: str) -> None:
        """Type a maximum and go as far as the confirmation."""
        self("#bid-amount").fill(amount)
        self("#bid-button").click()
        expect(self("#bid-dialog")).to_be_visible()

    def bid(self, amount: str) -> None:
        """Bid and confirm."""
        self.review_bid(amount)
        self("#confirm-bid").click()
        expect(self("#bid-dialog")).to_be_hidden()

    def sees_price(self, minor: int, *, within_ms: int = 10_000) -> None:
        """The price in minor units comes to be shown."""
        expect(self("#price")).to_have_attribute("amount", str(minor), timeout=within_ms)

    def stands(self, standing: str, *, within_ms: int = 10_000) -> None:
        """It is told how the person stands: `leading`, `outbid`, `won`."""
        expect(self("#status")).to_have_attribute("data-standing", standing, timeout=within_ms)

    def is_in_phase(self, phase: str, *, within_ms: int = 10_000) -> None:
        """The auction is shown as `open`, `closing`, `sold`."""
        expect(self("#status")).to_have_attribute("data-phase", phase, timeout=within_ms)

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        width: int = self.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width

    def _listen(self, message: ConsoleMessage) -> None:
        refused = _REFUSED.search(message.text)
        meant = refused[1] in self._meant if refused else any(word in message.text for word in self._meant)
        if message.type == "error" and not meant:
            self.complaints.append(f"{self.page.url}: {message.text} ({message.location.get('url')})")
