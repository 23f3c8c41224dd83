/**
 * The last step: the visitor has an account and must follow the link in our message before he can bid or sell.
 *
 * Fires `address-confirmed` (bubbles).
 *
 *     element.services = services;
 *     element.show({ email, fault });
 */

import { make, write } from '../dom.js';

class ConfirmAddress extends HTMLElement {
  /** Set before `show`. */
  services = null;
  #news = make('p', { id: 'address-news', class: 'note', role: 'status' });
  #error = make('p', { id: 'address-error', class: 'field__error', role: 'alert' });
  #done = make('button', { id: 'address-confirmed', class: 'button button--primary' }, 'I have confirmed it');
  #again = make(
    'button',
    { id: 'send-again', type: 'button', class: 'button', onclick: () => this.#send() },
    'Send the message again',
  );

  disconnectedCallback() {
    this.#forget();
  }

  /** @param {{email: string, fault: import('../pure/credentials.js').Fault | null}} start `fault`: why the message was not sent */
  show({ email, fault }) {
    this.services.session.addEventListener('session-changed', this.#personChanged);
    this.replaceChildren(
      make(
        'form',
        { onsubmit: (event) => this.#check(event) },
        make('h2', { id: 'sign-in-heading', tabindex: -1 }, 'Confirm your address'),
        make(
          'p',
          {},
          'Follow the link in the message to ',
          make('strong', { id: 'address', class: 'address' }, email),
          '. Then you can bid and sell.',
        ),
        make('p', { class: 'note' }, 'Nothing there? It may take a minute, or lie with the unwanted mail.'),
        this.#news,
        this.#error,
        make('div', { class: 'dialog__actions dialog__actions--even' }, this.#again, this.#done),
        make('div', { class: 'steps' }, this.#link('address-later', 'Later', () => this.#finish('sign-in-finished')), this.#otherAccount()),
      ),
    );
    write(this.#error, fault?.text ?? '');
    this.querySelector('h2').focus();
  }

  #otherAccount() {
    return this.#link('other-account', 'Use another account', () =>
      this.#try(async () => {
        this.#forget();
        await this.services.session.signOut();
        this.dispatchEvent(new CustomEvent('step-wanted', { bubbles: true, detail: { step: 'sign-in' } }));
      }),
    );
  }

  #link(id, text, onclick) {
    return make('button', { id, type: 'button', class: 'button button--link', onclick }, text);
  }

  #check(event) {
    event.preventDefault();
    return this.#try(async () => {
      await this.services.session.checkConfirmation();
      if (!this.services.session.needsConfirmation) return;
      write(this.#error, 'The link has not been followed yet. Open the message, follow it, then come back.');
    });
  }

  #send() {
    return this.#try(async () => {
      await this.services.session.sendConfirmation();
      write(this.#news, 'The message is on its way again.');
    });
  }

  async #try(action) {
    write(this.#error, '');
    write(this.#news, '');
    this.#setBusy(true);
    try {
      await action();
    } catch (error) {
      if (!error.fault) throw error;
      write(this.#error, error.fault.text);
    } finally {
      this.#setBusy(false);
    }
  }

  /** It may also have been noticed elsewhere, or the visitor may have signed out in another tab. */
  #personChanged = () => {
    const { session } = this.services;
    if (!session.needsConfirmation) this.#finish(session.name ? 'address-confirmed' : 'sign-in-finished');
  };

  #forget() {
    this.services.session.removeEventListener('session-changed', this.#personChanged);
  }

  #finish(name) {
    this.dispatchEvent(new Event(name, { bubbles: true }));
  }

  #setBusy(isBusy) {
    this.#done.disabled = isBusy;
    this.#again.disabled = isBusy;
  }
}

customElements.define('confirm-address', ConfirmAddress);
