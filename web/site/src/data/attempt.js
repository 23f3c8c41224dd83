/**
 * One confirmed request on its way, a bid or an offer: it keeps its key however often it is sent, so that it is counted at most once.
 *
 *     const attempt = new Attempt({ listingId, maxAmount });
 *     const answer = await attempt.send((bid) => api.placeBid(bid));
 */

import { isUncertain, repeatAfter } from '../pure/problems.js';

export class Attempt {
  /** @param {Record<string, any>} request what is asked for; a `key` is added to it */
  constructor(request) {
    this.request = Object.freeze({ key: newKey(), ...request });
    /** True after a failure that leaves open whether the request was carried out: sending the same attempt again is then the way on. */
    this.uncertain = false;
  }

  /**
   * Sends, repeating by itself after short failures. Throws the `Refusal` that ends the attempt or leaves it to the visitor.
   * @param {(request: Record<string, any>) => Promise<any>} call
   * @param {(milliseconds: number) => Promise<void>} [pause]
   */
  async send(call, pause = sleep) {
    for (let repeats = 0; ; repeats += 1) {
      try {
        const answer = await call(this.request);
        this.uncertain = false;
        return answer;
      } catch (error) {
        await this.#afterFailure(error, repeats, pause);
      }
    }
  }

  async #afterFailure(error, repeats, pause) {
    if (!error.problem) throw error;
    this.uncertain = isUncertain(error.problem);
    const wait = repeatAfter(error.problem, repeats);
    if (wait === null) throw error;
    await pause(wait);
  }
}

/** `randomUUID` exists only where the page came over HTTPS or from this machine; on a phone in the same network it does not. */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
