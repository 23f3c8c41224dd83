/**
 * One listing: what it is, what it costs now, how long, who leads, and the form to bid.
 *
 *     page.services = services;
 *     page.setAttribute('listing-id', id);
 */

import './bid-form.js';
import './bid-history.js';
import './count-down.js';
import './lot-picture.js';
import './price-tag.js';
import { announce, announceWhenQuiet } from '../announcer.js';
import { ListingFeed } from '../data/listing-feed.js';
import { make, write } from '../dom.js';
import { CATEGORIES } from '../pure/categories.js';
import { clockText, momentText, parseTime } from '../pure/clock.js';
import { extension, phase, standing } from '../pure/listing-state.js';
import { bidCountText, priceLabel, reserveText, statusText } from '../pure/listing-text.js';
import { formatMoney } from '../pure/money.js';
import { sentence } from '../pure/problems.js';
import { DEFAULTS, routeHash } from '../pure/route.js';

/** How long "extended" stays highlighted. */
const EXTENSION_SHOWN_FOR = 12_000;

class ListingPage extends HTMLElement {
  /** Set before the page is shown. */
  services = null;
  #feed = null;
  #parts = null;
  #extensionTimer = 0;

  connectedCallback() {
    document.title = 'Lot · Gavel';
    this.replaceChildren(make('p', { class: 'page-note', role: 'status' }, 'Fetching the lot…'));
    this.#feed = new ListingFeed(this.getAttribute('listing-id'), this.services);
    this.#feed.addEventListener('listing-changed', ({ detail }) => this.#changed(detail));
    this.#feed.addEventListener('live-changed', () => this.#tellLive());
    this.#feed.addEventListener('listing-missing', () => this.#missing());
    this.#feed.addEventListener('refresh-failed', ({ detail }) => this.#failed(detail.problem));
    this.services.session.addEventListener('session-changed', this.#personChanged);
    this.#feed.start();
    this.#tellLive();
  }

  disconnectedCallback() {
    this.#feed.stop();
    clearTimeout(this.#extensionTimer);
    this.services.session.removeEventListener('session-changed', this.#personChanged);
  }

  #personChanged = () => this.#feed.refresh();

  #changed({ before, after }) {
    if (!this.#parts) this.#build(after.listing);
    this.#parts.trouble.hidden = true;
    this.#render();
    if (before) this.#tellNews(before, after);
  }

  #build(listing) {
    this.#parts = parts(listing, this.services);
    this.replaceChildren(layout(listing, this.#parts));
    this.addEventListener('countdown-ended', () => {
      this.#render();
      this.#feed.refresh();
    });
    this.addEventListener('bid-placed', ({ detail }) => {
      this.#parts.form.answered(detail);
      this.#feed.absorb(detail.answer);
    });
    this.addEventListener('bid-refused', ({ detail }) => {
      this.#parts.form.refused(detail.problem);
      this.#feed.refresh();
    });
  }

  #render() {
    const { state } = this.#feed;
    const { listing } = state;
    const now = phase(listing, this.services.clock.now());
    const yours = standing(state);
    const amount = formatMoney(listing.current_price, listing.currency);
    document.title = `${amount} · ${listing.title} · Gavel`;
    this.dataset.phase = now;
    this.#renderPrice(listing, now);
    this.#renderTime(listing, now);
    this.#renderStanding(state, now, yours);
    this.#parts.form.show(state, now, yours);
    this.#parts.history.show({
      bids: state.bids,
      count: listing.bid_count,
      currency: listing.currency,
      alias: state.you?.alias ?? null,
      clock: this.services.clock,
    });
  }

  #renderPrice(listing, now) {
    const { priceLabel: label, price, bidCount, reserve } = this.#parts;
    write(label, priceLabel(listing, now));
    price.setAttribute('currency', listing.currency);
    price.setAttribute('amount', listing.current_price);
    write(bidCount, bidCountText(listing.bid_count));
    bidCount.dataset.count = listing.bid_count;
    write(reserve, reserveText(listing.reserve));
    reserve.dataset.reserve = listing.reserve;
  }

  #renderTime(listing, now) {
    const { timeLabel, countdown, end } = this.#parts;
    const waits = now === 'scheduled';
    const counts = waits || now === 'open';
    const moment = waits ? listing.starts_at : listing.ends_at;
    write(timeLabel, waits ? 'Opens in' : counts ? 'Ends in' : now === 'closing' ? 'Closing' : 'Ended');
    countdown.setAttribute('until', moment);
    countdown.hidden = !counts && now !== 'closing';
    write(
      end,
      `${waits ? 'Opens' : counts ? 'Ends' : 'Ended'} ${momentText(parseTime(moment), { now: this.services.clock.now(), seconds: true })}`,
    );
    end.setAttribute('datetime', moment);
    this.#renderExtension(listing);
  }

  #renderExtension(listing) {
    const { extended } = this.#parts;
    const total = parseTime(listing.ends_at) - parseTime(listing.scheduled_end);
    if (!extended.classList.contains('is-news')) write(extended, total > 0 ? `Extended by ${clockText(total)} in all` : '');
  }

  #renderStanding({ listing, you }, now, yours) {
    const { status, winner, yourMaximum } = this.#parts;
    write(
      status,
      yours === 'seller' && now === 'open' ? `Your listing. ${statusText(listing, now, yours)}` : statusText(listing, now, yours),
    );
    Object.assign(status.dataset, { phase: now, standing: yours });
    winner.hidden = now !== 'sold';
    if (now === 'sold')
      write(
        winner,
        `${yours === 'won' ? `You (${listing.winner})` : listing.winner} for ${formatMoney(listing.current_price, listing.currency)}`,
      );
    yourMaximum.hidden = you?.your_max == null;
    if (you?.your_max != null) write(yourMaximum, `Your maximum: ${formatMoney(you.your_max, listing.currency)}. Only you see this.`);
  }

  #tellNews(before, after) {
    const moved = extension(before.listing, after.listing);
    if (moved > 0) this.#tellExtension(moved);
    if (before.listing.version === after.listing.version) return;
    const yours = standing(after);
    const status = statusText(after.listing, phase(after.listing, this.services.clock.now()), yours);
    const price = formatMoney(after.listing.current_price, after.listing.currency);
    if (standing(before) !== yours || before.listing.status !== after.listing.status) announce(`${status}. ${price}.`);
    else announceWhenQuiet(`${price}. ${status}.`);
  }

  #tellExtension(moved) {
    const { extended } = this.#parts;
    write(extended, `Extended by ${clockText(moved)}`);
    extended.classList.add('is-news');
    clearTimeout(this.#extensionTimer);
    this.#extensionTimer = setTimeout(() => {
      extended.classList.remove('is-news');
      this.#renderExtension(this.#feed.state.listing);
    }, EXTENSION_SHOWN_FOR);
  }

  #missing() {
    document.title = 'No such lot · Gavel';
    this.replaceChildren(
      make(
        'div',
        { class: 'page-note', role: 'alert' },
        make('h1', { tabindex: -1 }, 'There is no such lot'),
        make('p', {}, 'The address may be mistyped, or the lot was never listed.'),
        make('p', {}, make('a', { href: '#/' }, 'Go to the market')),
      ),
    );
  }

  /** Trouble does not take away what is known already. */
  #failed(problem) {
    if (!this.#parts) return this.#apologise(problem);
    write(this.#parts.trouble, 'The connection is lost. What you see may be out of date; trying again…');
    this.#parts.trouble.hidden = false;
  }

  /** Says it once: the next try fails under another id, and a screen reader would read all of it again. */
  #apologise(problem) {
    if (this.firstElementChild.dataset.code === problem.code) return;
    this.replaceChildren(
      make(
        'div',
        { class: 'page-note', role: 'alert', 'data-code': problem.code },
        make('p', {}, sentence(problem)),
        make('p', { class: 'note' }, 'Trying again by itself…'),
      ),
    );
  }

  #tellLive() {
    this.dispatchEvent(new CustomEvent('live-changed', { bubbles: true, detail: { isLive: this.#feed.isLive } }));
  }
}

/** The nodes that news are written into. */
function parts(listing, services) {
  const countdown = make('count-down', { id: 'countdown' });
  countdown.clock = services.clock;
  const form = document.createElement('bid-form');
  form.services = services;
  return {
    countdown,
    form,
    priceLabel: make('h2', { class: 'panel__label' }),
    price: make('price-tag', { id: 'price' }),
    bidCount: make('span', { id: 'bid-count' }),
    reserve: make('span', { id: 'reserve', class: 'tag' }),
    timeLabel: make('h2', { class: 'panel__label' }),
    end: make('time', { id: 'ends-at' }),
    extended: make('p', { id: 'extension', class: 'extension' }),
    status: make('p', { id: 'status', class: 'standing' }),
    winner: make('p', { id: 'winner', class: 'winner' }),
    yourMaximum: make('p', { id: 'your-max', class: 'note' }),
    trouble: make('p', { id: 'trouble', class: 'trouble', role: 'status', hidden: true }),
    history: document.createElement('bid-history'),
  };
}

function layout(
  listing,
  { priceLabel: label, price, bidCount, reserve, timeLabel, countdown, end, extended, status, winner, yourMaximum, trouble, form, history },
) {
  const category = CATEGORIES[listing.category] ?? listing.category;
  const market = routeHash({ page: 'market', filters: { ...DEFAULTS, category: listing.category } });
  return make(
    'article',
    { class: 'lot' },
    make(
      'header',
      { class: 'lot__head' },
      make(
        'nav',
        { class: 'crumbs', 'aria-label': 'Where you are' },
        make('a', { href: '#/' }, 'Market'),
        make('span', { 'aria-hidden': 'true' }, ' / '),
        make('a', { href: market }, category),
      ),
      make('h1', { id: 'lot-title', tabindex: -1 }, listing.title),
    ),
    make('lot-picture', { class: 'lot__picture', category: listing.category, seed: listing.id }),
    make(
      'section',
      { class: 'panel', 'aria-label': 'Bidding' },
      trouble,
      make(
        'div',
        { class: 'panel__figures' },
        make('div', { class: 'panel__price' }, label, price, make('p', { class: 'panel__facts' }, bidCount, reserve)),
        make('div', { class: 'panel__time' }, timeLabel, countdown),
      ),
      make('div', { class: 'panel__end' }, end, extended),
      status,
      winner,
      yourMaximum,
      form,
    ),
    make(
      'section',
      { class: 'lot__about', 'aria-labelledby': 'about-heading' },
      make('h2', { id: 'about-heading' }, 'About this lot'),
      make('p', { class: 'prose' }, listing.description),
      facts(listing),
    ),
    make(
      'section',
      { class: 'lot__history', 'aria-labelledby': 'history-heading' },
      make('h2', { id: 'history-heading' }, 'Bid history'),
      history,
    ),
  );
}

function facts(listing) {
  const money = (minor) => formatMoney(minor, listing.currency);
  const rows = [
    ['Seller', listing.seller],
    ['Starting price', money(listing.starting_price)],
    listing.buy_now_price && ['Buy it now', money(listing.buy_now_price)],
    ['Opened', momentText(parseTime(listing.starts_at))],
    ['Scheduled end', momentText(parseTime(listing.scheduled_end), { seconds: true })],
  ];
  return make(
    'dl',
    { class: 'facts' },
    ...rows.filter(Boolean).map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))),
  );
}

customElements.define('listing-page', ListingPage);
