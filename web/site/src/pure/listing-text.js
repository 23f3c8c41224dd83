/** What a listing's state is called, in words a visitor reads. */

/**
 * The line under the price: how it stands, or how it ended.
 * @param {import('./listing-state.js').Listing} listing
 * @param {ReturnType<import('./listing-state.js').phase>} phase
 * @param {ReturnType<import('./listing-state.js').standing>} standing
 * @returns {string}
 */
export function statusText(listing, phase, standing) {
  if (phase === 'sold') return standing === 'won' ? 'You won' : `Sold to ${listing.winner}`;
  if (phase === 'reserve_not_met') return 'Not sold: the reserve was not met';
  if (phase === 'no_bids') return 'Ended without a bid';
  if (phase === 'cancelled') return 'Withdrawn by the seller';
  if (phase === 'scheduled') return 'Bidding has not opened yet';
  if (phase === 'closing') return 'Bidding is over; the result is being decided';
  return leaderText(listing, standing);
}

/** Who leads, from the visitor's side. */
function leaderText(listing, standing) {
  if (standing === 'leading') return 'You lead';
  if (standing === 'outbid') return `You have been outbid: ${listing.leader} leads`;
  return listing.leader ? `${listing.leader} leads` : 'No bids yet';
}

/**
 * What the amount shown means now.
 * @param {import('./listing-state.js').Listing} listing
 * @param {ReturnType<import('./listing-state.js').phase>} phase
 * @returns {string}
 */
export function priceLabel(listing, phase) {
  if (phase === 'sold') return 'Hammer price';
  if (listing.bid_count > 0) return phase === 'reserve_not_met' ? 'Highest bid' : 'Current price';
  return 'Starting price';
}

/** "1 bid", "12 bids". @param {number} count */
export function bidCountText(count) {
  return `${count} ${count === 1 ? 'bid' : 'bids'}`;
}

/** What is told about the reserve, or '' when there is none. @param {'none' | 'met' | 'not_met'} reserve */
export function reserveText(reserve) {
  return { met: 'Reserve met', not_met: 'Reserve not met', none: '' }[reserve] ?? '';
}

/**
 * The tail of a card: what the time means.
 * @param {ReturnType<import('./listing-state.js').phase>} phase
 * @returns {{label: string, counts: boolean}} whether a countdown follows the label
 */
export function cardTime(phase) {
  const texts = {
    open: 'Ends in',
    scheduled: 'Opens in',
    closing: 'Closing…',
    sold: 'Sold',
    reserve_not_met: 'Reserve not met',
    no_bids: 'No bids',
    cancelled: 'Withdrawn',
  };
  return { label: texts[phase], counts: phase === 'open' || phase === 'scheduled' };
}

/**
 * What to say after a bid was accepted.
 * @param {{leading: boolean, listing: import('./listing-state.js').Listing}} answer
 * @param {number} maximum
 * @param {(minor: number) => string} money
 * @returns {string}
 */
export function bidResultText({ leading, listing }, maximum, money) {
  if (leading) return `You lead at ${money(listing.current_price)}. We bid for you up to ${money(maximum)}.`;
  return `Your bid counts, but somebody's standing maximum is as high or higher: the price is now ${money(listing.current_price)}. Bid at least ${money(listing.minimum_bid)} to have another chance.`;
}
