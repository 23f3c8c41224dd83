/**
 * Prices as they change, where Firestore can be reached; where it cannot, the caller is told and polls.
 *
 *     const stop = live.watch(ids, { onDocument: (id, fields) => …, onLive: (isLive) => … })
 */

import { fromDocument } from '../pure/listing-state.js';

/** A connection that has shown nothing by then is taken for none; it goes on trying meanwhile. */
const GIVE_UP_AFTER = 3000;
/** Firestore's limit for `in`; the rules would allow lists of 50. */
export const MOST_AT_ONCE = 30;

export class LiveListings {
  #config;
  #connecting = null;

  /** @param {import('./config.js').Config} config */
  constructor(config) {
    this.#config = config;
  }

  /**
   * @param {string[]} ids at most `MOST_AT_ONCE`; of none there is nothing to tell
   * @param {{onDocument: (id: string, fields: Record<string, any>) => void, onLive: (isLive: boolean) => void}} listeners
   * @returns {() => void} stops watching
   */
  watch(ids, { onDocument, onLive }) {
    if (ids.length > 0 && this.#config.live_updates) return this.#subscribe(ids, { onDocument, onLive });
    if (ids.length > 0) onLive(false);
    return () => {};
  }

  #subscribe(ids, { onDocument, onLive }) {
    let stop = () => {};
    let stopped = false;
    const late = setTimeout(() => onLive(false), GIVE_UP_AFTER);
    const lost = () => stopped || onLive(false);
    const arrived = (documents) => {
      if (stopped) return;
      clearTimeout(late);
      onLive(documents.length > 0);
      for (const { id, data } of documents) onDocument(id, fromDocument(data));
    };
    this.#connect()
      .then(({ watch, firestore }) => {
        if (!stopped) stop = watch(firestore, ids, { onNews: arrived, onLost: lost });
      })
      .catch(lost);
    return () => {
      stopped = true;
      clearTimeout(late);
      stop();
    };
  }

  /** Loads the SDK when it is first needed, after the page has been drawn. A failed load is tried again next time. */
  #connect() {
    this.#connecting ??= afterDrawing()
      .then(() => import('./firestore.js'))
      .then(({ connect, watch }) => ({ watch, firestore: connect(this.#config) }))
      .catch((error) => {
        this.#connecting = null;
        throw error;
      });
    return this.#connecting;
  }
}

function afterDrawing() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
