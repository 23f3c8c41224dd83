/**
 * Who is signed in, and the way in and out. Opens the sign-in dialog by itself when anything in the page fires `sign-in-requested`.
 *
 *     document.querySelector('account-menu').services = services;
 */

import './sign-in-dialog.js';
import { announce } from '../announcer.js';
import { make } from '../dom.js';

class AccountMenu extends HTMLElement {
  #services = null;
  #dialog = document.createElement('sign-in-dialog');

  connectedCallback() {
    document.addEventListener('sign-in-requested', this.#ask);
  }

  disconnectedCallback() {
    document.removeEventListener('sign-in-requested', this.#ask);
  }

  set services(services) {
    this.#services = services;
    this.#dialog.services = services;
    document.body.append(this.#dialog);
    services.session.addEventListener('session-changed', () => this.#render());
    this.#render();
  }

  #ask = () => this.#dialog.open();

  #render() {
    const { session } = this.#services;
    this.replaceChildren(...(session.name ? this.#signedIn(session) : this.#signedOut()));
  }

  #signedIn(session) {
    const name = make(
      'span',
      { id: 'account-name', class: 'account__name' },
      make('span', { class: 'visually-hidden' }, 'Signed in as '),
      session.name,
    );
    return [
      name,
      make('button', { id: 'sign-out', type: 'button', class: 'button button--quiet', onclick: () => this.#signOut(session) }, 'Sign out'),
    ];
  }

  async #signOut(session) {
    try {
      await session.signOut();
    } catch (error) {
      if (!error.fault) throw error;
      announce(`You are still signed in. ${error.fault.text}`);
    }
  }

  #signedOut() {
    return [make('button', { id: 'open-sign-in', type: 'button', class: 'button', onclick: this.#ask }, 'Sign in')];
  }
}

customElements.define('account-menu', AccountMenu);
