/**
 * An amount, which lights up for a moment when it changes.
 *
 *     <price-tag amount="12500" currency="USD"></price-tag>
 */

import { write } from '../dom.js';
import { formatMoney } from '../pure/money.js';

class PriceTag extends HTMLElement {
  static observedAttributes = ['amount', 'currency'];
  #shown = null;

  attributeChangedCallback() {
    const amount = this.getAttribute('amount');
    const currency = this.getAttribute('currency');
    if (!amount || !currency) return;
    const changed = this.#shown !== null && this.#shown !== amount;
    this.#shown = amount;
    write(this, formatMoney(Number(amount), currency));
    if (changed) this.#flash();
  }

  #flash() {
    this.classList.remove('is-changed');
    void this.offsetWidth;
    this.classList.add('is-changed');
  }
}

customElements.define('price-tag', PriceTag);
