/**
 * Signing in with an account, step by step: sign in, open an account, set a new password, confirm the address.
 *
 * Fires `sign-in-finished` (bubbles) when there is nothing left to do.
 *
 *     panel.services = services;
 *     panel.start();
 */

import './confirm-address.js';
import './credentials-form.js';
import { announce } from '../announcer.js';

class AccountSignIn extends HTMLElement {
  /** Set before `start`. */
  services = null;
  /** What was typed in one step is there in the next. */
  #email = '';

  connectedCallback() {
    this.addEventListener('step-wanted', ({ detail }) => this.#show(detail));
    this.addEventListener('signed-in', ({ detail }) => this.#signedIn(detail));
    this.addEventListener('address-confirmed', () => this.#finish());
  }

  /** Begins where the visitor is: who has only his address left to confirm does that. */
  start() {
    const { session } = this.services;
    session.prepare();
    this.#show({ step: session.needsConfirmation ? 'confirm' : 'sign-in', email: session.email ?? this.#email });
  }

  #show({ step, email = '', fault = null }) {
    this.#email = email;
    const element = document.createElement(step === 'confirm' ? 'confirm-address' : 'credentials-form');
    element.services = this.services;
    this.replaceChildren(element);
    element.show({ step, email, fault });
  }

  #signedIn({ email, fault }) {
    if (this.services.session.needsConfirmation) this.#show({ step: 'confirm', email, fault });
    else this.#finish();
  }

  #finish() {
    announce(`Signed in: ${this.services.session.name}`);
    this.dispatchEvent(new Event('sign-in-finished', { bubbles: true }));
  }
}

customElements.define('account-sign-in', AccountSignIn);
