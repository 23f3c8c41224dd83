/**
 * Listing a lot: the form, a preview to confirm, and then the lot's own page.
 *
 *     page.services = services;
 */

import './sell-form.js';
import { Attempt } from '../data/attempt.js';
import { make, write } from '../dom.js';
import { durationText, momentText, parseTime } from '../pure/clock.js';
import { formatMoney } from '../pure/money.js';
import { sentence } from '../pure/problems.js';
import { routeHash } from '../pure/route.js';

/** What the sign-in dialog can put right. */
const NEEDS_SIGN_IN = new Set(['unauthenticated', 'email_unverified']);

class SellPage extends HTMLElement {
  /** Set before the page is shown. */
  services = null;
  #form = document.createElement('sell-form');
  #invitation = make(
    'div',
    { class: 'banner' },
    make('p', {}, 'Sign in to list a lot. What you type here stays.'),
    make(
      'button',
      { type: 'button', class: 'button', onclick: () => this.dispatchEvent(new Event('sign-in-requested', { bubbles: true })) },
      'Sign in',
    ),
  );
  #preview = make('div', { class: 'preview' });
  #news = make('p', { id: 'sell-news', class: 'note', role: 'status' });
  #error = make('p', { id: 'sell-error', class: 'field__error', role: 'alert' });
  #back = make('button', { type: 'button', class: 'button button--quiet', onclick: () => this.#dialog.close() }, 'Change something');
  #confirm = make('button', { type: 'submit', id: 'confirm-listing', class: 'button button--primary' });
  #dialog = make(
    'dialog',
    {
      id: 'sell-dialog',
      class: 'dialog',
      'aria-labelledby': 'sell-confirm-heading',
      oncancel: (event) => this.#sending && event.preventDefault(),
    },
    make(
      'form',
      { onsubmit: (event) => this.#confirmed(event) },
      make('h2', { id: 'sell-confirm-heading' }, 'List this lot?'),
      this.#preview,
      make('p', { class: 'note' }, 'Once somebody has bid, the highest bidder at the end has bought it, if the reserve is met.'),
      this.#news,
      this.#error,
      make('div', { class: 'dialog__actions' }, this.#back, this.#confirm),
    ),
  );
  #attempt = null;
  #sending = false;

  connectedCallback() {
    document.title = 'Sell · Gavel';
    this.#form.clock = this.services.clock;
    this.#form.addEventListener('lot-described', ({ detail }) => this.#ask(detail.body));
    this.services.session.addEventListener('session-changed', this.#personChanged);
    this.replaceChildren(
      make(
        'div',
        { class: 'page-head' },
        make('h1', { tabindex: -1 }, 'Sell a lot'),
        make('p', { class: 'market__lead' }, 'Describe it well, start it low, and let the bidders find the price.'),
      ),
      this.#invitation,
      this.#form,
      this.#dialog,
    );
    this.#personChanged();
  }

  disconnectedCallback() {
    this.services.session.removeEventListener('session-changed', this.#personChanged);
  }

  #personChanged = () => {
    this.#invitation.hidden = this.services.session.name !== null;
  };

  #ask(body) {
    if (!this.services.session.name) {
      this.dispatchEvent(new Event('sign-in-requested', { bubbles: true }));
      return;
    }
    write(this.#news, '');
    write(this.#error, '');
    this.#prepare(body);
    this.#preview.replaceChildren(summary(body));
    this.#setSending(false);
    this.#dialog.showModal();
    this.#confirm.focus();
  }

  /** An offer whose fate is unknown goes on with its old key; a changed one is another offer, and the visitor must know what that means. */
  #prepare(body) {
    const lost = this.#attempt?.uncertain ? this.#attempt : null;
    if (lost && JSON.stringify(lost.request.body) === JSON.stringify(body)) return;
    this.#attempt = new Attempt({ body });
    if (lost)
      write(this.#news, 'The answer to your last try was lost, so the lot may be listed already as it was. Look in the market first.');
  }

  async #confirmed(event) {
    event.preventDefault();
    if (this.#sending) return;
    this.#setSending(true);
    write(this.#error, '');
    try {
      const { listing } = await this.#attempt.send((offer) => this.services.api.createListing(offer));
      this.#dialog.close();
      this.dispatchEvent(new CustomEvent('listing-created', { bubbles: true, detail: { listing } }));
      if (this.isConnected) location.hash = routeHash({ page: 'listing', id: listing.id });
    } catch (error) {
      if (!error.problem) throw error;
      this.#refused(error.problem);
    } finally {
      this.#setSending(false);
    }
  }

  #setSending(sending) {
    this.#sending = sending;
    this.#confirm.disabled = sending;
    this.#back.disabled = sending;
    write(this.#confirm, sending ? 'Listing it…' : this.#attempt.uncertain ? 'Try again' : 'List it');
  }

  #refused(problem) {
    if (problem.errors?.length) {
      this.#dialog.close();
      this.#form.showErrors(problem.errors);
      return;
    }
    write(this.#error, sentence(problem));
    if (NEEDS_SIGN_IN.has(problem.code)) this.dispatchEvent(new Event('sign-in-requested', { bubbles: true }));
  }
}

/** The lot in a few lines, as it will be sent. */
function summary(body) {
  const money = (minor) => formatMoney(minor, body.currency);
  const rows = [
    ['Starting price', money(body.starting_price)],
    body.reserve_price && ['Reserve (secret)', money(body.reserve_price)],
    body.buy_now_price && ['Buy it now', money(body.buy_now_price)],
    body.increment && ['Bid step', money(body.increment)],
    ['Opens', body.starts_at ? momentText(parseTime(body.starts_at)) : 'At once'],
    body.ends_at ? ['Ends', momentText(parseTime(body.ends_at))] : ['Runs for', durationText(body.duration_seconds)],
    body.soft_close && [
      'Late bids',
      body.soft_close.window_seconds === 0
        ? 'do not move the end'
        : `in the last ${durationText(body.soft_close.window_seconds)} leave ${durationText(body.soft_close.extension_seconds)} to answer`,
    ],
  ];
  return make(
    'div',
    {},
    make('p', { class: 'confirm__lot' }, body.title),
    make(
      'dl',
      { class: 'facts' },
      ...rows.filter(Boolean).map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))),
    ),
  );
}

customElements.define('sell-page', SellPage);
