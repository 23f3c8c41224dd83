/**
 * Who the visitor is. Two classes have the same face: accounts at Firebase where the site is deployed, the issuer of the local stack
 * elsewhere.
 *
 * @typedef {object} Session fires `session-changed` when somebody signs in or out, or has confirmed his address
 * @property {string | null} name what to call the visitor, or null for one who has not signed in
 * @property {boolean} needsConfirmation whether he must confirm his address before he can bid or sell
 * @property {() => Promise<string | null>} token good for the next request, or null for a visitor who has not signed in
 * @property {() => Promise<string>} renew a new one for the same person; throws a `Refusal`
 * @property {() => void | Promise<void>} signOut
 */

import { AccountSession } from './account-session.js';
import { LocalSession } from './local-session.js';

/**
 * @param {import('./config.js').Config} config
 * @returns {Session & EventTarget}
 */
export function openSession(config) {
  return hasAccounts(config) ? new AccountSession(config) : new LocalSession();
}

/** Whether people sign in with accounts here. @param {import('./config.js').Config} config */
export function hasAccounts(config) {
  return !config.dev_sign_in && Boolean(config.firebase) && config.sign_in?.providers.length > 0;
}
