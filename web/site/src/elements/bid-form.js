/**
 * Where a maximum is typed. The amount follows the listing's minimum until the visitor types one of his own.
 *
 * Fires `sign-in-requested` (bubbles) and, through its confirmation, `bid-placed` and `bid-refused`.
 *
 *     form.services = services;
 *     form.show(state, phase, standing);
 *     form.answered({ answer, maximum });  form.refused(problem);
 */

import './bid-confirmation.js';
import { make, write } from '../dom.js';
import { firstAmount, minimumFor, quickAmounts } from '../pure/bid-amounts.js';
import { momentText, parseTime } from '../pure/clock.js';
import { bidResultText } from '../pure/listing-text.js';
import { briefMoney, formatMoney, moneyFault, parseMoney, plainAmount } from '../pure/money.js';
import { sentence } from '../pure/problems.js';

/** What the sign-in dialog can put right. */
const NEEDS_SIGN_IN = new Set(['unauthenticated', 'email_unverified']);

class BidForm extends HTMLElement {
  /** Set before `show`. */
  services = null;
  #listing = null;
  #minimum = 0;
  #standing = 'none';
  #touched = false;
  /** That of the bid that was accepted last. */
  #maximum = 0;
  /** What the last refusal said, until the listing's news have caught up with it. */
  #told = null;
  #quickShown = '';
  #confirmation = document.createElement('bid-confirmation');
  #amount = make('input', {
    id: 'bid-amount',
    name: 'max_amount',
    inputmode: 'decimal',
    autocomplete: 'off',
    'aria-describedby': 'bid-hint bid-error',
    oninput: () => this.#typed(),
  });
  #symbol = make('span', { class: 'money-field__symbol', 'aria-hidden': 'true' });
  #hint = make('p', { id: 'bid-hint', class: 'field__hint' });
  #error = make('p', { id: 'bid-error', class: 'field__error', role: 'alert' });
  #quick = make('div', { class: 'quick', role: 'group', 'aria-label': 'Quick amounts' });
  #button = make('button', { id: 'bid-button', class: 'button button--primary button--wide' });
  #result = make('p', { id: 'bid-result', class: 'bid-result', role: 'status' });
  #form = make(
    'form',
    { class: 'bid-form', novalidate: true, onsubmit: (event) => this.#submitted(event) },
    make(
      'div',
      { class: 'field' },
      make('label', { for: 'bid-amount' }, 'Your maximum bid'),
      make('div', { class: 'money-field' }, this.#symbol, this.#amount),
      this.#hint,
      this.#error,
    ),
    this.#quick,
    this.#button,
  );

  connectedCallback() {
    this.replaceChildren(this.#form, this.#result, this.#confirmation);
    this.#confirmation.services = this.services;
  }

  /** Shows what the listing's state allows. */
  show({ listing, you }, phase, standing) {
    this.#listing = listing;
    this.#standing = standing;
    this.#minimum = Math.max(minimumFor(listing, standing, you?.your_max), this.#toldMinimum());
    const first = Math.max(firstAmount(listing, standing, you?.your_max), this.#minimum);
    const open = phase === 'open' && standing !== 'seller';
    this.#form.hidden = !open;
    this.#updateResult();
    if (!open) return this.#confirmation.close();
    if (!this.#touched) this.#amount.value = plainAmount(first, listing.currency);
    this.#renderAmounts(first);
    write(this.#button, this.services.session.name ? (standing === 'leading' ? 'Raise my maximum' : 'Review bid') : 'Sign in to bid');
    this.#confirmation.update(listing, this.#minimum);
  }

  /** Tells how an accepted bid stands. */
  answered({ answer, maximum }) {
    this.#touched = false;
    this.#maximum = maximum;
    this.#tell(bidResultText(answer, maximum, this.#money), answer.leading ? 'good' : 'bad');
  }

  /** What was said of a bid that leads stays true while others bid below it, and goes when it leads no more. */
  #updateResult() {
    if (this.#result.dataset.mood !== 'good') return;
    if (this.#standing !== 'leading') return this.#tell('', 'none');
    write(this.#result, bidResultText({ leading: true, listing: this.#listing }, this.#maximum, this.#money));
  }

  /** Tells why a bid was refused, with the new minimum filled in where that is the reason. */
  refused(problem) {
    if (problem.code === 'bid_too_low' && problem.minimum_bid != null) {
      this.#told = { minimum: problem.minimum_bid, version: this.#listing.version, person: this.services.session.name };
      this.#minimum = Math.max(problem.minimum_bid, this.#minimum);
      this.#amount.value = plainAmount(this.#minimum, this.#listing.currency);
    }
    this.#touched = false;
    this.#tell('', 'none');
    write(this.#error, sentence(problem, { money: this.#money, moment: (time) => momentText(parseTime(time), { seconds: true }) }));
    this.#amount.setAttribute('aria-invalid', 'true');
    if (NEEDS_SIGN_IN.has(problem.code)) this.#askToSignIn();
    else if (!this.#form.hidden) this.#amount.focus();
    else this.#tell(this.#error.textContent, 'bad');
  }

  /** A refusal knows more than the page until a newer version comes; it was said to one person. */
  #toldMinimum() {
    const { minimum, version, person } = this.#told ?? {};
    return version === this.#listing.version && person === this.services.session.name ? minimum : 0;
  }

  #renderAmounts(first) {
    const { currency } = this.#listing;
    write(this.#symbol, formatMoney(0, currency).replace(/[\d.,\s]/g, ''));
    write(
      this.#hint,
      this.#standing === 'leading'
        ? `You lead. A new maximum must be above ${this.#money(this.#minimum - 1)}.`
        : `Enter ${this.#money(this.#minimum)} or more.`,
    );
    this.#amount.dataset.minimum = this.#minimum;
    const key = `${first} ${this.#minimum}`;
    if (key === this.#quickShown) return;
    this.#quickShown = key;
    this.#quick.replaceChildren(...quickAmounts(this.#listing, first).map((minor) => this.#quickButton(minor)));
    if (this.#touched) this.#check({ patient: true });
  }

  #quickButton(minor) {
    const choose = () => {
      this.#amount.value = plainAmount(minor, this.#listing.currency);
      this.#typed();
    };
    return make(
      'button',
      { type: 'button', class: 'button button--chip', 'data-amount': minor, onclick: choose },
      briefMoney(minor, this.#listing.currency),
    );
  }

  #typed() {
    this.#touched = true;
    this.#check({ patient: true });
  }

  /** The amount typed, or null with the reason shown. While the visitor still types, only what cannot get better by typing on is said. */
  #check({ patient = false } = {}) {
    const { currency } = this.#listing;
    const { minor, reason } = parseMoney(this.#amount.value, currency);
    const tooLow = minor !== undefined && minor < this.#minimum;
    const fault = reason
      ? moneyFault(reason, currency)
      : tooLow
        ? `That is below ${this.#money(this.#minimum)}. Enter ${this.#money(this.#minimum)} or more.`
        : '';
    const quiet = patient && (tooLow || reason === 'empty') && document.activeElement === this.#amount;
    write(this.#error, quiet ? '' : fault);
    this.#amount.setAttribute('aria-invalid', String(Boolean(fault) && !quiet));
    return fault ? null : minor;
  }

  #submitted(event) {
    event.preventDefault();
    if (!this.services.session.name) return this.#askToSignIn();
    this.#tell('', 'none');
    const maximum = this.#check();
    if (maximum === null) this.#amount.focus();
    else this.#confirmation.open({ listing: this.#listing, maximum, minimum: this.#minimum });
  }

  #askToSignIn() {
    this.dispatchEvent(new Event('sign-in-requested', { bubbles: true }));
  }

  #tell(text, mood) {
    write(this.#error, '');
    this.#amount.removeAttribute('aria-invalid');
    this.#result.dataset.mood = mood;
    write(this.#result, text);
  }

  #money = (minor) => formatMoney(minor, this.#listing.currency);
}

customElements.define('bid-form', BidForm);
