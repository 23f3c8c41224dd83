/** What the site is told about where it runs. */

import { requestJson } from './api.js';

/**
 * `sign_in` says which of Firebase's providers are switched on and whether people may open an account; without it, and without the local
 * issuer (`dev_sign_in`), nobody can sign in. `trace_share` is how many calls ask to be traced, 0 to 1.
 *
 * @typedef {{providers: ('password' | 'google.com')[], sign_up: boolean}} SignIn
 * @typedef {{api_base: string, project: string, firestore_emulator: string | null, live_updates: boolean, trace_share?: number,
 *   dev_sign_in: boolean, sign_in?: SignIn | null, auth_emulator?: string | null, firebase: Record<string, string> | null}} Config
 * @returns {Promise<Config>}
 */
export function loadConfig() {
  return requestJson('/config.json', {});
}
