/**
 * The market: filters, cards, and more of them on demand.
 *
 *     page.services = services;
 *     page.find(route.filters);
 */

import './listing-card.js';
import './market-filters.js';
import { announce } from '../announcer.js';
import { MarketFeed } from '../data/market-feed.js';
import { make } from '../dom.js';
import { sentence } from '../pure/problems.js';
import { routeHash } from '../pure/route.js';

/** Placeholders shown while the first cards are on their way. */
const SKELETONS = 8;
/** Coming back later than this, the visitor gets a new search instead of what he left. */
const FRESH_FOR = 60_000;

class MarketPage extends HTMLElement {
  /** Set before the page is shown. */
  services = null;
  #filters = null;
  #feed = null;
  #searchedAt = -Infinity;
  #cards = new Map();
  #controls = document.createElement('market-filters');
  #grid = make('ul', { class: 'cards', id: 'market-cards' });
  #note = make('div', { class: 'market__note', role: 'status' });
  #changed = make(
    'button',
    { type: 'button', id: 'show-changes', class: 'button market__changed', hidden: true, onclick: () => this.#search() },
    'The list has changed · Show it',
  );
  #more = make('button', { type: 'button', id: 'load-more', class: 'button', hidden: true, onclick: () => this.#load() }, 'Load more');

  connectedCallback() {
    document.title = 'Market · Gavel';
    if (!this.firstChild) this.#build();
    if (performance.now() - this.#searchedAt > FRESH_FOR) this.#search();
    else this.#feed.start();
    this.#tellLive();
  }

  disconnectedCallback() {
    this.#feed.stop();
  }

  /**
   * Shows what these filters find. @param {import('../pure/route.js').Filters} filters
   * @returns {boolean} whether they are others than before
   */
  find(filters) {
    this.#controls.value = filters;
    if (JSON.stringify(filters) === JSON.stringify(this.#filters)) return false;
    this.#filters = filters;
    this.#search();
    return true;
  }

  #build() {
    this.addEventListener('filters-changed', (event) => {
      history.replaceState(null, '', routeHash({ page: 'market', filters: event.detail }));
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    });
    this.append(
      make(
        'div',
        { class: 'market__head' },
        make('h1', { tabindex: -1 }, 'The market'),
        make('p', { class: 'market__lead' }, 'Bid in secret, up to your own limit. Prices move while you watch.'),
      ),
      this.#controls,
      this.#changed,
      this.#grid,
      this.#note,
      make('div', { class: 'market__more' }, this.#more),
    );
  }

  #search() {
    this.#searchedAt = performance.now();
    this.#changed.hidden = true;
    this.#feed?.stop();
    this.#cards.clear();
    this.#grid.replaceChildren(
      ...Array.from({ length: SKELETONS }, () => make('li', { class: 'card card--skeleton', 'aria-hidden': 'true' })),
    );
    this.#grid.setAttribute('aria-busy', 'true');
    const feed = new MarketFeed(this.#filters, this.services);
    this.#feed = feed;
    feed.addEventListener('page-added', (event) => this.#feed === feed && this.#add(event.detail.listings));
    feed.addEventListener(
      'card-changed',
      ({ detail: { listing } }) => this.#cards.get(listing.id) && (this.#cards.get(listing.id).listing = listing),
    );
    feed.addEventListener('live-changed', () => this.#feed === feed && this.#tellLive());
    feed.addEventListener('order-changed', () => (this.#changed.hidden = this.#feed !== feed));
    if (this.isConnected) feed.start();
    this.#load();
  }

  async #load() {
    const feed = this.#feed;
    this.#more.disabled = true;
    this.#note.replaceChildren();
    try {
      await feed.loadMore();
    } catch (error) {
      if (!error.problem) throw error;
      if (this.#feed === feed) this.#apologise(error.problem);
    } finally {
      this.#more.disabled = false;
    }
  }

  #add(listings) {
    const first = this.#cards.size === 0;
    if (first) this.#grid.replaceChildren();
    this.#grid.removeAttribute('aria-busy');
    this.#grid.append(...listings.map((listing) => make('li', {}, this.#card(listing))));
    this.#more.hidden = !this.#feed.hasMore;
    this.#tellLive();
    if (first && listings.length === 0) this.#note.replaceChildren(...this.#emptiness());
    else announce(`${this.#cards.size} lots shown`);
    if (!first) this.#cards.get(listings[0]?.id)?.querySelector('a').focus();
  }

  #card(listing) {
    const card = document.createElement('listing-card');
    card.clock = this.services.clock;
    card.listing = listing;
    this.#cards.set(listing.id, card);
    return card;
  }

  #emptiness() {
    const clear = routeHash({ page: 'market', filters: { q: '', category: '', status: 'all', sort: 'newest' } });
    return [
      make('p', { class: 'market__empty' }, 'Nothing here matches.'),
      make('p', {}, make('a', { href: clear }, 'Show every lot'), ' or ', make('a', { href: '#/sell' }, 'sell something'), '.'),
    ];
  }

  #apologise(problem) {
    if (this.#cards.size === 0) this.#grid.replaceChildren();
    this.#more.hidden = true;
    this.#note.replaceChildren(
      make('p', {}, sentence(problem)),
      make(
        'button',
        { type: 'button', class: 'button', onclick: () => (this.#cards.size === 0 ? this.#search() : this.#load()) },
        'Try again',
      ),
    );
  }

  #tellLive() {
    const isLive = this.#feed.isEmpty ? undefined : this.#feed.isLive;
    this.dispatchEvent(new CustomEvent('live-changed', { bubbles: true, detail: { isLive } }));
  }
}

customElements.define('market-page', MarketPage);
