/** What the site is told about where it runs. */

import { requestJson } from './api.js';

/**
 * @typedef {{api_base: string, project: string, firestore_emulator: string | null, live_updates: boolean, dev_sign_in: boolean,
 *   firebase: Record<string, string> | null}} Config
 * @returns {Promise<Config>}
 */
export function loadConfig() {
  return requestJson('/config.json', {});
}
