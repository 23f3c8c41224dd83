/** Which amounts to offer a bidder. The server decides what it takes; these only fill the form in. */

import { LARGEST_MINOR } from './money.js';

/**
 * The least this visitor may enter, in minor units: a leader must go above his own maximum, anyone else must reach the listing's minimum.
 * @param {{minimum_bid: number}} listing
 * @param {'none' | 'seller' | 'leading' | 'outbid' | 'won' | 'lost'} standing
 * @param {number | null | undefined} yourMax
 * @returns {number}
 */
export function minimumFor(listing, standing, yourMax) {
  return standing === 'leading' && yourMax != null ? yourMax + 1 : listing.minimum_bid;
}

/**
 * What the form starts with: the minimum, or for a leader one step above his maximum, because a cent more is rarely what he means.
 * @param {{minimum_bid: number, current_price: number}} listing
 * @param {'none' | 'seller' | 'leading' | 'outbid' | 'won' | 'lost'} standing
 * @param {number | null | undefined} yourMax
 * @returns {number}
 */
export function firstAmount(listing, standing, yourMax) {
  const raise = standing === 'leading' && yourMax != null;
  return atMost(raise ? yourMax + step(listing) : listing.minimum_bid);
}

/**
 * Amounts for the quick buttons, ascending: the first amount and one, two and five steps more.
 * @param {{minimum_bid: number, current_price: number}} listing
 * @param {number} first
 * @returns {number[]}
 */
export function quickAmounts(listing, first) {
  const amounts = [0, 1, 2, 5].map((steps) => atMost(first + steps * step(listing)));
  return [...new Set(amounts)];
}

/** The listing's present step; before the first bid there is none to see, and a twentieth of the price in round money stands in. */
function step(listing) {
  const visible = listing.minimum_bid - listing.current_price;
  return visible > 0 ? visible : roundMoney(listing.minimum_bid / 20);
}

/** The nearest 1, 2 or 5 times a power of ten from below, at least 1. */
function roundMoney(minor) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, minor)));
  const lead = [5, 2, 1].find((digit) => digit * power <= Math.max(1, minor));
  return Math.round(lead * power);
}

function atMost(minor) {
  return Math.min(minor, LARGEST_MINOR);
}
