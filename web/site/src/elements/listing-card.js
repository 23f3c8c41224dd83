/**
 * One listing in the market.
 *
 *     const card = document.createElement('listing-card');
 *     card.clock = services.clock;
 *     card.listing = listing;      // and again, whenever there is news
 */

import './count-down.js';
import './lot-picture.js';
import './price-tag.js';
import { make, write } from '../dom.js';
import { CATEGORIES } from '../pure/categories.js';
import { phase } from '../pure/listing-state.js';
import { bidCountText, cardTime, priceLabel, reserveText } from '../pure/listing-text.js';
import { routeHash } from '../pure/route.js';

class ListingCard extends HTMLElement {
  /** @type {import('../pure/clock.js').ServerClock} */
  clock = null;
  #listing = null;
  #parts = null;

  get listing() {
    return this.#listing;
  }

  set listing(listing) {
    this.#listing = listing;
    this.#parts ??= this.#build(listing);
    this.#update(listing);
  }

  connectedCallback() {
    this.addEventListener('countdown-ended', () => this.#update(this.#listing));
  }

  #build(listing) {
    const parts = {
      price: make('price-tag', { class: 'card__price' }),
      label: make('span', { class: 'card__label' }),
      bids: make('span'),
      reserve: make('span', { class: 'tag' }),
      timeLabel: make('span'),
      countdown: make('count-down'),
      title: make('a', { href: routeHash({ page: 'listing', id: listing.id }) }),
    };
    parts.countdown.clock = this.clock;
    const category = CATEGORIES[listing.category] ?? listing.category;
    this.dataset.listingId = listing.id;
    this.append(
      make(
        'article',
        { class: 'card' },
        make(
          'div',
          { class: 'card__body' },
          make('p', { class: 'eyebrow' }, category),
          make('h2', { class: 'card__title' }, parts.title),
          make('p', { class: 'card__money' }, parts.label, parts.price),
          make('p', { class: 'card__facts' }, parts.bids, parts.reserve),
        ),
        make('lot-picture', { category: listing.category, seed: listing.id }),
        make('p', { class: 'card__time' }, parts.timeLabel, parts.countdown),
      ),
    );
    return parts;
  }

  #update(listing) {
    const { price, label, bids, reserve, timeLabel, countdown, title } = this.#parts;
    const now = phase(listing, this.clock.now());
    const time = cardTime(now);
    this.dataset.phase = now;
    write(title, listing.title);
    write(label, priceLabel(listing, now));
    price.setAttribute('currency', listing.currency);
    price.setAttribute('amount', listing.current_price);
    write(bids, bidCountText(listing.bid_count));
    write(reserve, reserveText(listing.reserve));
    reserve.dataset.reserve = listing.reserve;
    write(timeLabel, time.label);
    countdown.hidden = !time.counts;
    if (time.counts) countdown.setAttribute('until', now === 'scheduled' ? listing.starts_at : listing.ends_at);
    else countdown.removeAttribute('until');
  }
}

customElements.define('listing-card', ListingCard);
