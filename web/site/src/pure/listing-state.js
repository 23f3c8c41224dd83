/**
 * What is known about one listing, and how news changes it: the newest version wins, whichever way it came.
 *
 * Two sources race: answers of the functions (complete: bids, you) and Firestore's snapshots (fast: what any visitor may see).
 * `version` counts the listing's changes, so neither needs to know about the other.
 *
 * @typedef {Record<string, any> & {id: string, version: number}} Listing as in docs/api.md
 * @typedef {{is_seller: boolean, leading: boolean, your_max: number | null, alias: string | null}} You
 * @typedef {{seq: number, bidder: string, amount: number, placed_at: string}} Bid
 * @typedef {{listing: Listing, bids: Bid[], bidsVersion: number, you: You | null, youVersion: number}} ListingState
 */

import { parseTime } from './clock.js';

/** Pauses between two looks at `get_listing`, in milliseconds. */
export const POLL_EVERY = 2000;
/** A look now and then while snapshots arrive, in case a connection died without saying so. */
export const CHECK_EVERY = 15_000;
/** History is fetched again after a snapshot, but no more often than this. */
export const DETAIL_EVERY = 1000;
const SLOWEST_POLL = 15_000;

const TIMES = ['starts_at', 'scheduled_end', 'ends_at'];

/**
 * The state after an answer of `get_listing` or `place_bid`. The latter has no bids: they are left to be fetched.
 * @param {ListingState | null} state
 * @param {{listing: Listing, bids?: Bid[], you?: You | null}} answer
 * @returns {ListingState} the same object when the answer told nothing new
 */
export function withAnswer(state, answer) {
  const { version } = answer.listing;
  const before = state ?? { listing: null, bids: [], bidsVersion: -1, you: null, youVersion: -1 };
  const next = { ...before };
  if (!before.listing || version >= before.listing.version) next.listing = { ...before.listing, ...answer.listing };
  if (answer.bids && version >= before.bidsVersion) Object.assign(next, { bids: answer.bids, bidsVersion: version });
  if (version >= before.youVersion) Object.assign(next, { you: answer.you ?? null, youVersion: version });
  return next;
}

/**
 * The state after a snapshot. Older and equal versions change nothing; a newer one leaves history and own maximum to be fetched.
 * @param {ListingState} state
 * @param {Record<string, any>} fields as `fromDocument` returns them
 * @returns {ListingState}
 */
export function withSnapshot(state, fields) {
  if (!(fields.version > state.listing.version)) return state;
  return { ...state, listing: { ...state.listing, ...fields } };
}

/**
 * A listing or a card after other news of it, the newest version winning; ties keep what is there.
 * @param {Listing} known
 * @param {Record<string, any>} news
 * @returns {Listing}
 */
export function newest(known, news) {
  return news.version > known.version ? { ...known, ...news } : known;
}

/** Whether history or the visitor's own standing lag behind the listing. @param {ListingState} state */
export function isStale(state) {
  return state.bidsVersion < state.listing.version || state.youVersion < state.listing.version;
}

/**
 * A Firestore document as members of a listing: timestamps become RFC 3339 text, the mirror's own bookkeeping is dropped.
 * @param {Record<string, any>} data
 * @returns {Record<string, any>}
 */
export function fromDocument(data) {
  const { mirrored_at: _, ...fields } = data;
  for (const name of TIMES) {
    if (typeof fields[name]?.toMillis === 'function') fields[name] = new Date(fields[name].toMillis()).toISOString();
  }
  return fields;
}

/**
 * Where a listing stands at a moment of the server's time. Past its end and not yet closed by the server, it is "closing".
 * @param {Listing} listing
 * @param {number} now
 * @returns {'scheduled' | 'open' | 'closing' | 'sold' | 'reserve_not_met' | 'no_bids' | 'cancelled'}
 */
export function phase(listing, now) {
  if (listing.status === 'cancelled') return 'cancelled';
  if (listing.status === 'closed') return listing.outcome ?? 'no_bids';
  if (now >= parseTime(listing.ends_at)) return 'closing';
  return now < parseTime(listing.starts_at) ? 'scheduled' : 'open';
}

/** Whether nothing will change any more. @param {Listing} listing */
export function isFinished(listing) {
  return listing.status === 'closed' || listing.status === 'cancelled';
}

/**
 * How the visitor stands, by the freshest source: the leader's alias comes with every snapshot, `you` only with answers.
 * @param {Pick<ListingState, 'listing' | 'you'>} state
 * @returns {'none' | 'seller' | 'leading' | 'outbid' | 'won' | 'lost'}
 */
export function standing({ listing, you }) {
  if (!you) return 'none';
  if (you.is_seller) return 'seller';
  if (!you.alias || you.your_max === null) return 'none';
  if (isFinished(listing)) return listing.winner === you.alias ? 'won' : 'lost';
  return listing.leader === you.alias ? 'leading' : 'outbid';
}

/**
 * By how much the end has just moved, in milliseconds; 0 when it has not.
 * @param {Listing} before
 * @param {Listing} after
 * @returns {number}
 */
export function extension(before, after) {
  return Math.max(0, parseTime(after.ends_at) - parseTime(before.ends_at));
}

/**
 * How long to wait before the next look at `get_listing`, in milliseconds; null when no look is needed any more.
 * @param {{finished: boolean, live: boolean, closing: boolean, stale: boolean, sinceLast: number, failures: number}} situation
 * @returns {number | null}
 */
export function refreshDelay({ finished, live, closing, stale, sinceLast, failures }) {
  if (finished && !stale) return null;
  const pause = stale ? DETAIL_EVERY : live && !closing ? CHECK_EVERY : POLL_EVERY;
  const patient = Math.min(Math.max(pause, SLOWEST_POLL), pause * 2 ** failures);
  return Math.max(0, patient - sinceLast);
}
