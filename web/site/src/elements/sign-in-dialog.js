/**
 * Asks for a name and signs in with it at the local issuer.
 *
 *     dialog.services = services;
 *     dialog.open();
 */

import { make, write } from '../dom.js';
import { sentence } from '../pure/problems.js';

class SignInDialog extends HTMLElement {
  /** Set before `open`. */
  services = null;
  #user;
  #displayName;
  #error;
  #button;
  #dialog;

  /** Shows the dialog, or tells that there is no sign-in here yet. */
  open() {
    if (!this.#dialog) this.#build();
    write(this.#error, '');
    this.#dialog.showModal();
    this.#user?.focus();
  }

  #build() {
    const here = this.services.config.dev_sign_in;
    this.#dialog = make('dialog', { class: 'dialog', 'aria-labelledby': 'sign-in-heading' }, here ? this.#form() : closedDoor());
    this.#dialog.addEventListener('click', (event) => event.target === this.#dialog && this.#dialog.close());
    this.append(this.#dialog);
  }

  #form() {
    this.#user = make('input', {
      id: 'sign-in-user',
      name: 'user',
      required: true,
      maxlength: 128,
      autocomplete: 'username',
      autocapitalize: 'none',
      spellcheck: 'false',
      'aria-describedby': 'sign-in-hint sign-in-error',
    });
    this.#displayName = make('input', { id: 'sign-in-display-name', name: 'display_name', maxlength: 80, autocomplete: 'nickname' });
    this.#error = make('p', { id: 'sign-in-error', class: 'field__error', role: 'alert' });
    this.#button = make('button', { id: 'sign-in-button', class: 'button button--primary' }, 'Sign in');
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
        make('button', { type: 'button', class: 'button button--quiet', onclick: () => this.#dialog.close() }, 'Cancel'),
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
      this.#dialog.close();
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
