/**
 * Bids, newest first, with the visitor's own marked.
 *
 *     element.show({ bids, count, currency, alias, clock });
 */

import { make } from '../dom.js';
import { momentText, parseTime, timeOfDay } from '../pure/clock.js';
import { formatMoney } from '../pure/money.js';

/** Bids younger than this are told apart by their seconds. */
const DAY = 86_400_000;

/** A glance is enough for most; the rest is a click away. */
const AT_FIRST = 10;
/** The functions tell no more than this many. */
const MOST_TOLD = 100;

const NONE = 'No bids yet. The first one opens at the starting price, however high its maximum.';
const TO_COME = 'One moment: the bids are on their way.';

class BidHistory extends HTMLElement {
  #shown = '';
  #history = null;
  #all = false;

  /**
   * `count`, the listing's number of bids, may be ahead of `bids`: it comes by itself, they are asked for.
   * @param {{bids: import('../pure/listing-state.js').Bid[], count: number, currency: string, alias: string | null, clock: import('../pure/clock.js').ServerClock}} history
   */
  show(history) {
    const { bids, count, alias } = history;
    const key = JSON.stringify([bids[0]?.seq, bids.length, count > 0, alias]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#history = history;
    this.#render();
  }

  #render() {
    const { bids, count, currency, alias, clock } = this.#history;
    const visible = this.#all ? bids : bids.slice(0, AT_FIRST);
    if (bids.length === 0) this.replaceChildren(make('p', { class: 'note' }, count > 0 ? TO_COME : NONE));
    else
      this.replaceChildren(
        table(visible, { currency, alias, now: clock.now() }),
        ...(visible.length < bids.length ? [this.#moreButton(bids.length)] : []),
      );
  }

  #moreButton(count) {
    const showAll = () => {
      this.#all = true;
      this.#render();
    };
    return make(
      'button',
      { type: 'button', id: 'all-bids', class: 'button', onclick: showAll },
      count < MOST_TOLD ? `Show all ${count} bids` : `Show the latest ${count} bids`,
    );
  }
}

function table(bids, { currency, alias, now }) {
  return make(
    'table',
    { class: 'history' },
    make('thead', {}, make('tr', {}, heading('Bidder'), heading('Price'), heading('When'))),
    make('tbody', {}, ...bids.map((bid) => row(bid, { currency, alias, now }))),
  );
}

function heading(text) {
  return make('th', { scope: 'col' }, text);
}

function row(bid, { currency, alias, now }) {
  const at = parseTime(bid.placed_at);
  const own = alias !== null && bid.bidder === alias;
  return make(
    'tr',
    { 'data-seq': bid.seq, class: own && 'is-own' },
    make('td', {}, own ? `You (${bid.bidder})` : bid.bidder),
    make('td', { class: 'number' }, formatMoney(bid.amount, currency)),
    make(
      'td',
      {},
      make(
        'time',
        { datetime: bid.placed_at, title: momentText(at, { seconds: true, now }) },
        now - at < DAY ? timeOfDay(at) : momentText(at, { now }),
      ),
    ),
  );
}

customElements.define('bid-history', BidHistory);
