/**
 * Reminds who has not confirmed his address that he cannot bid yet, on every page.
 *
 * Fires `sign-in-requested` (bubbles), which opens that step.
 *
 *     document.querySelector('address-banner').services = services;
 */

import { make } from '../dom.js';

class AddressBanner extends HTMLElement {
  set services({ session }) {
    session.addEventListener('session-changed', () => this.#render(session));
    this.#render(session);
  }

  #render(session) {
    this.replaceChildren(...(session.needsConfirmation ? [this.#banner(session.email)] : []));
  }

  #banner(email) {
    const ask = () => this.dispatchEvent(new Event('sign-in-requested', { bubbles: true }));
    return make(
      'div',
      { class: 'banner', role: 'region', 'aria-label': 'Your account' },
      make('p', {}, 'Confirm ', make('strong', { class: 'address' }, email), ' to bid and sell.'),
      make('button', { id: 'confirm-address', type: 'button', class: 'button', onclick: ask }, 'Confirm'),
    );
  }
}

customElements.define('address-banner', AddressBanner);
