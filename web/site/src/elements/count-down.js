/**
 * What is left until a moment of the server's time. Fires `countdown-ended` (bubbles) once when nothing is.
 *
 *     const element = document.createElement('count-down');
 *     element.clock = services.clock;
 *     element.setAttribute('until', listing.ends_at);
 */

import { write } from '../dom.js';
import { countdown, parseTime } from '../pure/clock.js';

/** Often enough that seconds seem even, seldom enough to cost nothing. */
const TICK = 200;
const ticking = new Set();
let timer = 0;

class CountDown extends HTMLElement {
  static observedAttributes = ['until'];
  /** @type {import('../pure/clock.js').ServerClock} */
  clock = null;
  #ended = false;

  connectedCallback() {
    this.setAttribute('role', 'timer');
    ticking.add(this);
    timer ||= setInterval(() => ticking.forEach((element) => element.tick()), TICK);
    this.tick();
  }

  disconnectedCallback() {
    ticking.delete(this);
    if (ticking.size === 0) timer = clearInterval(timer) ?? 0;
  }

  attributeChangedCallback(_, before, after) {
    if (before === after) return;
    this.#ended = false;
    this.tick();
  }

  /** Shows what is left now. */
  tick() {
    const until = this.getAttribute('until');
    if (!this.clock || !until) return;
    const { text, level } = countdown(parseTime(until) - this.clock.now());
    write(this, text);
    if (this.dataset.level !== level) this.dataset.level = level;
    if (level !== 'over' || this.#ended) return;
    this.#ended = true;
    this.dispatchEvent(new Event('countdown-ended', { bubbles: true }));
  }
}

customElements.define('count-down', CountDown);
