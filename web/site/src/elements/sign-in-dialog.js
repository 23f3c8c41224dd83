/**
 * The way in: by account where the site is deployed, by any name on the local stack.
 *
 *     dialog.services = services;
 *     dialog.open();
 */

import './account-sign-in.js';
import './local-sign-in.js';
import { hasAccounts } from '../data/session.js';
import { make } from '../dom.js';

class SignInDialog extends HTMLElement {
  /** Set before `open`. */
  services = null;
  #panel = null;
  #dialog = make('dialog', {
    id: 'sign-in-dialog',
    class: 'dialog',
    'aria-labelledby': 'sign-in-heading',
    onclick: (event) => event.target === this.#dialog && this.#dialog.close(),
  });

  /** Shows the dialog, or tells that there is no sign-in here. */
  open() {
    if (!this.#panel) this.#build();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#panel.start?.();
  }

  #build() {
    this.#panel = panel(this.services);
    this.#dialog.append(this.#panel);
    this.addEventListener('sign-in-finished', () => this.#dialog.close());
    this.append(this.#dialog);
  }
}

function panel(services) {
  const name = services.config.dev_sign_in ? 'local-sign-in' : hasAccounts(services.config) ? 'account-sign-in' : null;
  if (!name) return closedDoor();
  return Object.assign(document.createElement(name), { services });
}

function closedDoor() {
  return make(
    'form',
    { method: 'dialog' },
    make('h2', { id: 'sign-in-heading' }, 'Sign in'),
    make('p', {}, 'Signing in is not set up on this site yet. You can watch every auction without it.'),
    make('div', { class: 'dialog__actions' }, make('button', { class: 'button button--primary' }, 'Close')),
  );
}

customElements.define('sign-in-dialog', SignInDialog);
