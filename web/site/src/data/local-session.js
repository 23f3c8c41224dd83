/**
 * A session with the local stack's issuer, which believes any name. The token is kept per tab, so that two windows can be two people.
 *
 * Fires `session-changed` when somebody signs in or out.
 */

import { requestJson, Refusal } from './api.js';

const KEPT_AS = 'gavel.session';
const ISSUER = '/dev/token';
/** A token this close to its end is renewed before it is used. */
const RENEW_BELOW = 60_000;

export class LocalSession extends EventTarget {
  #storage;
  #kept;
  #renewing = null;

  /** @param {Storage} [storage] */
  constructor(storage = sessionStorage) {
    super();
    this.#storage = storage;
    this.#kept = read(storage);
  }

  /** The name the visitor signed in with, or null. */
  get name() {
    return this.#kept ? this.#kept.displayName || this.#kept.user : null;
  }

  /** Nobody has an address here. */
  get needsConfirmation() {
    return false;
  }

  /** Signs in at the local issuer. @param {{user: string, displayName?: string}} person */
  async signIn({ user, displayName = '' }) {
    await this.#fetchToken({ user, displayName });
    this.#announce();
  }

  signOut() {
    this.#keep(null);
    this.#announce();
  }

  /** A token good for the next request, or null for a visitor who has not signed in. @returns {Promise<string | null>} */
  async token() {
    if (!this.#kept) return null;
    return Date.now() > this.#kept.expiresAt - RENEW_BELOW ? this.renew() : this.#kept.token;
  }

  /** A new token for the same person; callers at the same time share one request. @returns {Promise<string>} */
  async renew() {
    if (!this.#kept) throw new Refusal({ code: 'unauthenticated', status: 401 });
    this.#renewing ??= this.#fetchToken(this.#kept).finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async #fetchToken({ user, displayName }) {
    const body = JSON.stringify(displayName ? { user, display_name: displayName } : { user });
    const answer = await requestJson(ISSUER, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    this.#keep({ user, displayName, token: answer.id_token, expiresAt: Date.now() + answer.expires_in * 1000 });
    return answer.id_token;
  }

  #keep(kept) {
    this.#kept = kept;
    if (kept) this.#storage.setItem(KEPT_AS, JSON.stringify(kept));
    else this.#storage.removeItem(KEPT_AS);
  }

  #announce() {
    this.dispatchEvent(new Event('session-changed'));
  }
}

function read(storage) {
  try {
    return JSON.parse(storage.getItem(KEPT_AS));
  } catch {
    return null;
  }
}
