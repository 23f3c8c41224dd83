/**
 * Address and password: to sign in, to open an account, or the address alone for a new password.
 *
 * Fires `signed-in` (bubbles, detail `{email, fault}`; `fault` when the account is there and something after it failed) and `step-wanted`
 * (bubbles, detail `{step, email}`).
 *
 *     form.services = services;
 *     form.show({ step: 'sign-in', email });
 */

import { make, write } from '../dom.js';
import { credentialsFault, NEW_PASSWORD_AT_LEAST } from '../pure/credentials.js';
import { emailField, nameField, passwordField } from './credentials-fields.js';

const STEPS = {
  'sign-in': { heading: 'Sign in', button: 'Sign in', busy: 'Signing in…' },
  register: { heading: 'Open an account', button: 'Open the account', busy: 'Opening the account…' },
  reset: { heading: 'Set a new password', button: 'Send me a link', busy: 'Sending…' },
};

class CredentialsForm extends HTMLElement {
  /** Set before `show`. */
  services = null;
  #step = 'sign-in';
  #buttons = [];
  #error = make('p', { id: 'sign-in-error', class: 'field__error', role: 'alert' });
  #news = make('p', { id: 'sign-in-news', class: 'note', role: 'status' });
  #button = make('button', { id: 'sign-in-button', class: 'button button--primary' });

  /** @param {{step: import('../pure/credentials.js').Step, email: string}} start */
  show({ step, email }) {
    const { providers } = this.services.config.sign_in;
    this.#step = step;
    const byPassword = providers.includes('password');
    this.replaceChildren(
      make(
        'form',
        { novalidate: true, onsubmit: (event) => this.#submitted(event), oninput: () => this.#error.textContent && this.#clear() },
        make('h2', { id: 'sign-in-heading', tabindex: -1 }, STEPS[step].heading),
        ...(providers.includes('google.com') && step !== 'reset' ? this.#google(byPassword) : []),
        ...(byPassword ? this.#credentials(email) : []),
        this.#error,
        this.#news,
        this.#actions(byPassword),
        byPassword && this.#otherSteps(),
      ),
    );
    this.#setBusy(false);
    (this.querySelector('input') ?? this.querySelector('h2')).focus();
  }

  #google(isOneOfTwo) {
    const button = make(
      'button',
      { id: 'google-sign-in', type: 'button', class: 'button button--wide', onclick: () => this.#viaGoogle() },
      'Continue with Google',
    );
    this.#buttons.push(button);
    return isOneOfTwo ? [button, make('p', { class: 'or' }, 'or')] : [button];
  }

  #credentials(email) {
    const step = this.#step;
    if (step === 'reset')
      return [make('p', { class: 'note' }, 'We send a link to your address; the new password is set there.'), emailField(email)];
    if (step === 'sign-in') return [emailField(email), passwordField()];
    return [emailField(email), passwordField({ isNew: true, atLeast: NEW_PASSWORD_AT_LEAST }), nameField()];
  }

  #actions(byPassword) {
    const cancel = () => this.dispatchEvent(new Event('sign-in-finished', { bubbles: true }));
    return make(
      'div',
      { class: 'dialog__actions' },
      make('button', { type: 'button', class: 'button button--quiet', onclick: cancel }, 'Cancel'),
      byPassword && this.#button,
    );
  }

  #otherSteps() {
    const signUp = this.services.config.sign_in.sign_up;
    const links = {
      'sign-in': [signUp && ['register', 'Open an account'], ['reset', 'Forgotten your password?']],
      register: [['sign-in', 'I have an account']],
      reset: [['sign-in', 'Back to signing in']],
    };
    return make('div', { class: 'steps' }, ...links[this.#step].filter(Boolean).map(([step, text]) => this.#stepButton(step, text)));
  }

  #stepButton(step, text) {
    const go = () =>
      this.dispatchEvent(new CustomEvent('step-wanted', { bubbles: true, detail: { step, email: this.#typed().email } }));
    return make('button', { id: `to-${step}`, type: 'button', class: 'button button--link', onclick: go }, text);
  }

  #typed() {
    const value = (name) => this.querySelector(`[name=${name}]`)?.value ?? '';
    return { email: value('email').trim(), password: value('password'), displayName: value('name').trim() };
  }

  async #submitted(event) {
    event.preventDefault();
    const typed = this.#typed();
    const fault = credentialsFault(this.#step, typed);
    if (fault) return this.#refuse(fault);
    const { session } = this.services;
    if (this.#step === 'reset') {
      await this.#try(async () => {
        await session.resetPassword(typed.email);
        this.#tellSent(typed.email);
      });
    } else await this.#enter(() => (this.#step === 'register' ? session.register(typed) : session.signIn(typed)));
  }

  #viaGoogle() {
    return this.#enter(() => this.services.session.signInWithGoogle());
  }

  /** Whoever is in although something failed on the way goes on, and is told. */
  async #enter(action) {
    const before = this.services.session.name;
    await this.#try(async () => {
      let fault = null;
      try {
        await action();
      } catch (error) {
        if (!error.fault || this.services.session.name === before) throw error;
        ({ fault } = error);
      }
      const { email } = this.services.session;
      this.dispatchEvent(new CustomEvent('signed-in', { bubbles: true, detail: { email, fault } }));
    });
  }

  async #try(action) {
    this.#setBusy(true);
    this.#clear();
    try {
      await action();
    } catch (error) {
      if (!error.fault) throw error;
      this.#refuse(error.fault);
    } finally {
      this.#setBusy(false);
    }
  }

  /** The same words whether there is such an account or not: nobody learns here who has one. */
  #tellSent(email) {
    write(this.#news, `If ${email} has an account, a message with a link is on its way. Set the new password there, then sign in here.`);
  }

  #refuse({ field, text }) {
    this.#clear();
    write(this.#error, text);
    const input = field && this.querySelector(`[name=${field}]`);
    input?.setAttribute('aria-invalid', 'true');
    input?.focus();
  }

  #clear() {
    write(this.#error, '');
    write(this.#news, '');
    for (const input of this.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
  }

  #setBusy(isBusy) {
    const { button, busy } = STEPS[this.#step];
    write(this.#button, isBusy ? busy : button);
    for (const each of [this.#button, ...this.#buttons]) each.disabled = isBusy;
  }
}

customElements.define('credentials-form', CredentialsForm);
