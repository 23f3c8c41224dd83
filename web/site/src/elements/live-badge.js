/**
 * Whether prices arrive by themselves.
 *
 *     <live-badge state="live|off|connecting"></live-badge>
 */

const TEXTS = { live: 'Live', off: 'Live updates off', connecting: 'Connecting…' };
const EXPLANATIONS = {
  live: 'Prices arrive as they change.',
  off: 'Prices are asked for every few seconds, because live updates cannot be reached from here.',
  connecting: 'Live updates are being connected.',
};

class LiveBadge extends HTMLElement {
  static observedAttributes = ['state'];

  attributeChangedCallback(_, __, state) {
    this.hidden = !(state in TEXTS);
    this.textContent = TEXTS[state] ?? '';
    this.title = EXPLANATIONS[state] ?? '';
  }
}

customElements.define('live-badge', LiveBadge);
