/**
 * The market's pages of results, kept up to date. Every page has a subscription of its own (bounded, as the rules demand); without
 * Firestore the pages are asked for again in turn.
 *
 * Fires `page-added` (detail `{listings}`), `card-changed` (detail `{listing}`), `live-changed`, and `order-changed` when lots that were never
 * loaded now belong on a page that was.
 */

import { newest } from '../pure/listing-state.js';
import { searchQuery } from '../pure/route.js';

/** Cards fetched at once: divides by two, three and four columns, and fits one subscription. */
const PAGE_SIZE = 24;
const POLL_EVERY = 4000;
/** While snapshots bring the prices, the pages are looked at for lots that are new. */
const CHECK_EVERY = 15_000;

export class MarketFeed extends EventTarget {
  #filters;
  #services;
  #listings = new Map();
  #pages = [];
  #stops = [];
  #turn = 0;
  #timer = 0;
  #live = null;
  #running = false;
  #nextCursor = null;

  /** @param {import('../pure/route.js').Filters} filters */
  constructor(filters, services) {
    super();
    this.#filters = filters;
    this.#services = services;
  }

  get isLive() {
    return this.#live;
  }

  get hasMore() {
    return this.#nextCursor !== null;
  }

  /** Whether it is known that nothing was found. */
  get isEmpty() {
    return this.#pages.length > 0 && this.#listings.size === 0;
  }

  /** Starts, or goes on after `stop`. */
  start() {
    this.#running = true;
    this.#pages.forEach((page) => this.#subscribe(page));
    if (this.#pages.length > 0) this.#look();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#stops.forEach((stop) => stop());
    this.#stops = [];
  }

  /** Fetches the first page, or the next one. Throws a `Refusal`. */
  async loadMore() {
    const cursor = this.#nextCursor;
    const answer = await this.#services.api.searchListings(this.#query(cursor));
    this.#nextCursor = answer.next_cursor;
    const listings = answer.listings.filter((listing) => !this.#listings.has(listing.id));
    listings.forEach((listing) => this.#listings.set(listing.id, listing));
    const page = { cursor, ids: listings.map((listing) => listing.id) };
    this.#pages.push(page);
    this.dispatchEvent(new CustomEvent('page-added', { detail: { listings } }));
    if (this.#running) this.#subscribe(page);
    this.#plan();
  }

  #query(cursor) {
    return { ...searchQuery(this.#filters), limit: String(PAGE_SIZE), ...(cursor ? { cursor } : {}) };
  }

  #subscribe(page) {
    this.#stops.push(
      this.#services.live.watch(page.ids, {
        onDocument: (id, fields) => this.#learn({ ...fields, id }),
        onLive: (isLive) => this.#setLive(isLive),
      }),
    );
  }

  #setLive(isLive) {
    if (this.#live === isLive) return;
    this.#live = isLive;
    this.dispatchEvent(new Event('live-changed'));
    this.#plan();
  }

  #learn(news) {
    const known = this.#listings.get(news.id);
    if (!known) return;
    const listing = newest(known, news);
    if (listing === known) return;
    this.#listings.set(listing.id, listing);
    this.dispatchEvent(new CustomEvent('card-changed', { detail: { listing } }));
  }

  #plan() {
    clearTimeout(this.#timer);
    if (this.#running && this.#pages.length > 0)
      this.#timer = setTimeout(() => this.#look(), this.#live === true ? CHECK_EVERY : POLL_EVERY);
  }

  /** Asks for one of the pages again; a failure is no news, the next turn comes. */
  async #look() {
    const page = this.#pages[this.#turn++ % this.#pages.length];
    try {
      if (!document.hidden) this.#compare(await this.#services.api.searchListings(this.#query(page.cursor)));
    } catch (error) {
      if (!error.problem) throw error;
    }
    this.#plan();
  }

  #compare({ listings }) {
    listings.forEach((listing) => this.#learn(listing));
    if (listings.some((listing) => !this.#listings.has(listing.id))) this.dispatchEvent(new Event('order-changed'));
  }
}
