/**
 * Shows the page the address asks for, and keeps the market as it was left, so that going back is instant.
 *
 *     document.querySelector('page-outlet').open(services);
 */

import './listing-page.js';
import './market-page.js';
import './sell-page.js';
import { make } from '../dom.js';
import { parseRoute } from '../pure/route.js';

class PageOutlet extends HTMLElement {
  #services = null;
  #page = null;
  #market = null;
  #marketScroll = 0;

  /** Starts following the address. */
  open(services) {
    if (this.#services) return;
    this.#services = services;
    window.addEventListener('hashchange', () => this.#follow({ moved: true }));
    document.querySelector('[data-skip]').addEventListener('click', (event) => {
      event.preventDefault();
      this.focus();
    });
    this.addEventListener('live-changed', (event) => this.#showLive(event.detail.isLive));
    this.addEventListener('listing-created', () => (this.#market = null));
    this.#follow({ moved: false });
  }

  #follow({ moved }) {
    const route = parseRoute(location.hash);
    if (this.#page && this.#page === this.#market) this.#marketScroll = window.scrollY;
    const page = route.page === 'market' ? this.#marketPage(route.filters) : this.#make(route);
    if (page === this.#page) return;
    this.#show(page, route);
    window.scrollTo(0, page === this.#market ? this.#marketScroll : 0);
    if (moved) (this.querySelector('h1') ?? this).focus({ preventScroll: true });
  }

  #show(page, route) {
    this.#page = page;
    document.querySelector('#live-badge').removeAttribute('state');
    for (const link of document.querySelectorAll('.site-nav a')) {
      if (link.dataset.page === route.page) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    this.replaceChildren(page);
  }

  /** The one market page; with other filters than last time it starts from the top. */
  #marketPage(filters) {
    this.#market ??= this.#make({ page: 'market' });
    if (this.#market.find(filters)) this.#marketScroll = 0;
    return this.#market;
  }

  #make(route) {
    if (route.page === 'not_found') return notFound();
    const page = document.createElement(`${route.page}-page`);
    page.services = this.#services;
    if (route.page === 'listing') page.setAttribute('listing-id', route.id);
    return page;
  }

  /** True, false, null for not yet known, undefined where there is nothing to be live. */
  #showLive(isLive) {
    const badge = document.querySelector('#live-badge');
    if (isLive === undefined) badge.removeAttribute('state');
    else badge.setAttribute('state', isLive === null ? 'connecting' : isLive ? 'live' : 'off');
  }
}

function notFound() {
  document.title = 'Not found · Gavel';
  return make(
    'div',
    { class: 'page-note' },
    make('h1', { tabindex: -1 }, 'There is no such page'),
    make('p', {}, make('a', { href: '#/' }, 'Go to the market')),
  );
}

customElements.define('page-outlet', PageOutlet);
