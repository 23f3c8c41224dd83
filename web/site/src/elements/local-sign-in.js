/**
 * Asks for a name and signs in with it at the local stack's issuer.
 *
 * Fires `sign-in-finished` (bubbles).
 *
 *     panel.services = services;
 *     panel.start();
 */

import { make, write } from '../dom.js';
import { sentence } from '../pure/problems.js';

class LocalSignIn extends HTMLElement {
  /** Set before `start`. */
  services = null;
  #user = make('input', {
    id: 'sign-in-user',
    name: 'user',
    required: true,
    maxlength: 128,
    autocomplete: 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
    'aria-describedby': 'sign-in-hint sign-in-error',
  });
  #displayName = make('input', { id: 'sign-in-display-name', name: 'display_name', maxlength: 80, autocomplete: 'nickname' });
  #error = make('p', { id: 'sign-in-error', class: 'field__error', role: 'alert' });
  #button = make('button', { id: 'sign-in-button', class: 'button button--primary' }, 'Sign in');

  connectedCallback() {
    if (!this.firstChild) this.append(this.#form());
  }

  /** Begins anew. */
  start() {
    write(this.#error, '');
    this.#user.focus();
  }

  #form() {
    return make(
      'form',
      { novalidate: true, onsubmit: this.#submitted },
      make('h2', { id: 'sign-in-heading' }, 'Sign in'),
      make(
        'p',
        { id: 'sign-in-hint', class: 'note' },
        'This is a local market: any user name will do, and the same name is the same person. A second window can be somebody else.',
      ),
      make('div', { class: 'field' }, make('label', { for: 'sign-in-user' }, 'User name'), this.#user),
      make(
        'div',
        { class: 'field' },
        make('label', { for: 'sign-in-display-name' }, 'Display name ', make('span', { class: 'optional' }, 'optional')),
        this.#displayName,
      ),
      this.#error,
      make(
        'div',
        { class: 'dialog__actions' },
        make('button', { type: 'button', class: 'button button--quiet', onclick: () => this.#finish() }, 'Cancel'),
        this.#button,
      ),
    );
  }

  #submitted = async (event) => {
    event.preventDefault();
    const user = this.#user.value.trim();
    if (!user) return this.#refuse('Enter a user name.');
    this.#button.disabled = true;
    try {
      await this.services.session.signIn({ user, displayName: this.#displayName.value.trim() });
      this.#finish();
    } catch (error) {
      if (!error.problem) throw error;
      this.#refuse(error.problem.errors?.[0]?.message ?? sentence(error.problem));
    } finally {
      this.#button.disabled = false;
    }
  };

  #refuse(text) {
    write(this.#error, text);
    this.#user.focus();
  }

  #finish() {
    this.dispatchEvent(new Event('sign-in-finished', { bubbles: true }));
  }
}

customElements.define('local-sign-in', LocalSignIn);
