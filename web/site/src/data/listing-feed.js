/**
 * One listing, kept up to date: answers and snapshots go in, one state comes out.
 *
 * Fires `listing-changed` (detail `{before, after}`), `live-changed`, `listing-missing` and `refresh-failed` (detail `{problem}`).
 */

import { isFinished, isStale, phase, refreshDelay, withAnswer, withSnapshot } from '../pure/listing-state.js';

export class ListingFeed extends EventTarget {
  #id;
  #services;
  #state = null;
  #live = null;
  #stop = null;
  #timer = 0;
  #lastLook = -Infinity;
  #failures = 0;
  #abort = null;

  /**
   * @param {string} id
   * @param {{api: import('./api.js').Api, live: import('./live.js').LiveListings, clock: import('../pure/clock.js').ServerClock}} services
   */
  constructor(id, services) {
    super();
    this.#id = id;
    this.#services = services;
  }

  /** @returns {import('../pure/listing-state.js').ListingState | null} */
  get state() {
    return this.#state;
  }

  /** True while snapshots arrive, false while polling, null while it is not known yet. */
  get isLive() {
    return this.#live;
  }

  start() {
    document.addEventListener('visibilitychange', this.#seen);
    this.refresh();
  }

  stop() {
    document.removeEventListener('visibilitychange', this.#seen);
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#stop?.();
    this.#stop = null;
  }

  /** Takes an answer somebody else got, of `place_bid` say. */
  absorb(answer) {
    this.#become(withAnswer(this.#state, answer));
    this.#plan();
  }

  /** Looks now, giving up a look under way: that one may have been somebody else's (the visitor has just signed in). */
  async refresh() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#lastLook = performance.now();
    try {
      const answer = await this.#services.api.getListing(this.#id, { signal });
      if (signal.aborted) return;
      this.#failures = 0;
      this.#become(withAnswer(this.#state, answer));
      this.#subscribe();
    } catch (error) {
      if (signal.aborted) return;
      this.#fail(error);
    }
    this.#plan();
  }

  #fail(error) {
    if (!error.problem) throw error;
    if (error.problem.code === 'listing_not_found' || error.problem.code === 'invalid_request') {
      this.stop();
      this.dispatchEvent(new Event('listing-missing'));
      return;
    }
    this.#failures += 1;
    this.dispatchEvent(new CustomEvent('refresh-failed', { detail: { problem: error.problem } }));
  }

  #subscribe() {
    this.#stop ??= this.#services.live.watch([this.#id], {
      onDocument: (_, fields) => {
        this.#become(withSnapshot(this.#state, fields));
        this.#plan();
      },
      onLive: (isLive) => {
        if (this.#live === isLive) return;
        this.#live = isLive;
        this.dispatchEvent(new Event('live-changed'));
        this.#plan();
      },
    });
  }

  #become(after) {
    const before = this.#state;
    this.#state = after;
    this.dispatchEvent(new CustomEvent('listing-changed', { detail: { before, after } }));
  }

  #seen = () => {
    if (document.hidden) clearTimeout(this.#timer);
    else this.refresh();
  };

  #plan() {
    clearTimeout(this.#timer);
    if (document.hidden || this.#abort?.signal.aborted) return;
    const delay = this.#delay();
    if (delay !== null) this.#timer = setTimeout(() => this.refresh(), delay);
  }

  #delay() {
    const listing = this.#state?.listing;
    return refreshDelay({
      finished: listing ? isFinished(listing) : false,
      live: this.#live === true,
      closing: listing ? phase(listing, this.#services.clock.now()) === 'closing' : false,
      stale: this.#state ? isStale(this.#state) : false,
      sinceLast: performance.now() - this.#lastLook,
      failures: this.#failures,
    });
  }
}
