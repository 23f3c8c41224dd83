/**
 * The step before money is committed: what the visitor commits to, and the sending of it.
 *
 * Fires `bid-placed` (bubbles, detail `{answer, maximum}`) and `bid-refused` (bubbles, detail `{problem}`).
 *
 *     dialog.services = services;
 *     dialog.open({ listing, maximum, minimum });
 *     dialog.update(listing, minimum);       // whenever there is news while it is open
 */

import { Attempt } from '../data/attempt.js';
import { make, write } from '../dom.js';
import { formatMoney } from '../pure/money.js';
import { sentence } from '../pure/problems.js';

class BidConfirmation extends HTMLElement {
  /** Set before `open`. */
  services = null;
  #listing = null;
  #maximum = 0;
  #minimum = 0;
  #attempt = null;
  #sending = false;
  #title = make('p', { class: 'confirm__lot' });
  #amount = make('strong', { id: 'confirm-amount' });
  #promise = make('li');
  #news = make('p', { id: 'confirm-news', class: 'note', role: 'status' });
  #error = make('p', { id: 'confirm-error', class: 'field__error', role: 'alert' });
  #back = make(
    'button',
    { type: 'button', id: 'cancel-bid', class: 'button button--quiet', onclick: () => this.#dialog.close() },
    'Go back',
  );
  #confirm = make('button', { type: 'submit', id: 'confirm-bid', class: 'button button--primary' });
  #dialog = make(
    'dialog',
    {
      id: 'bid-dialog',
      class: 'dialog',
      'aria-labelledby': 'confirm-heading',
      oncancel: (event) => this.#sending && event.preventDefault(),
    },
    make(
      'form',
      { onsubmit: (event) => this.#submitted(event) },
      make('h2', { id: 'confirm-heading' }, 'Confirm your bid'),
      this.#title,
      make('p', { class: 'confirm__amount' }, 'Up to ', this.#amount),
      make(
        'ul',
        { class: 'confirm__terms' },
        this.#promise,
        make('li', {}, 'Gavel bids for you, only as much as it takes to stay one step ahead of the others.'),
        make('li', {}, 'Your maximum stays secret: neither the seller nor other bidders see it.'),
      ),
      this.#news,
      this.#error,
      make('div', { class: 'dialog__actions' }, this.#back, this.#confirm),
    ),
  );

  connectedCallback() {
    this.replaceChildren(this.#dialog);
  }

  /**
   * Asks for confirmation of a maximum. A bid whose fate is unknown goes on with its old key when it is confirmed again.
   * @param {{listing: import('../pure/listing-state.js').Listing, maximum: number, minimum: number}} bid
   */
  open({ listing, maximum, minimum }) {
    if (!this.#attempt?.uncertain || this.#attempt.request.maxAmount !== maximum) this.#attempt = null;
    this.#maximum = maximum;
    const amount = formatMoney(maximum, listing.currency);
    write(this.#amount, amount);
    write(this.#promise, `If you win, you buy this lot for at most ${amount}. A change of mind does not undo a bid.`);
    write(this.#error, '');
    this.update(listing, minimum);
    this.#dialog.showModal();
    this.#confirm.focus();
  }

  /** Takes in news while the visitor reads. */
  update(listing, minimum) {
    this.#listing = listing;
    this.#minimum = minimum;
    this.#render();
  }

  /** Closes without bidding: the auction is over, or the visitor has signed out. */
  close() {
    if (!this.#sending) this.#dialog.close();
  }

  #render() {
    if (!this.#listing) return;
    const { currency, title, current_price: price } = this.#listing;
    const enough = this.#maximum >= this.#minimum || this.#attempt?.uncertain;
    write(this.#title, title);
    write(
      this.#news,
      enough
        ? `The price is ${formatMoney(price, currency)} now.`
        : `The price has moved to ${formatMoney(price, currency)}: the least is ${formatMoney(this.#minimum, currency)} now. Go back and enter more.`,
    );
    write(
      this.#confirm,
      this.#sending ? 'Placing your bid…' : this.#attempt?.uncertain ? 'Try again' : `Commit to ${formatMoney(this.#maximum, currency)}`,
    );
    this.#confirm.disabled = this.#sending || !enough;
    this.#back.disabled = this.#sending;
  }

  async #submitted(event) {
    event.preventDefault();
    if (this.#sending) return;
    this.#attempt ??= new Attempt({ listingId: this.#listing.id, maxAmount: this.#maximum });
    this.#setSending(true);
    write(this.#error, '');
    try {
      const answer = await this.#attempt.send((bid) => this.services.api.placeBid(bid));
      this.#finish('bid-placed', { answer, maximum: this.#maximum });
    } catch (error) {
      if (!error.problem) throw error;
      this.#refused(error.problem);
    } finally {
      this.#setSending(false);
    }
  }

  #refused(problem) {
    if (this.#attempt.uncertain) write(this.#error, sentence(problem));
    else this.#finish('bid-refused', { problem });
  }

  #finish(name, detail) {
    this.#attempt = null;
    this.#dialog.close();
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  #setSending(sending) {
    this.#sending = sending;
    this.#render();
  }
}

customElements.define('bid-confirmation', BidConfirmation);
