/**
 * Which page an address means. Routes live in the fragment, so that any static server can serve the site:
 * `#/?category=watches` the market, `#/listing/ID` one listing, `#/sell` the form.
 *
 * @typedef {{q: string, category: string, status: string, sort: string}} Filters '' = not filtered
 * @typedef {{page: 'market', filters: Filters} | {page: 'listing', id: string} | {page: 'sell'} | {page: 'not_found'}} Route
 */

import { CATEGORIES } from './categories.js';

export const SORTS = Object.freeze({
  ending_soon: 'Ending soonest',
  newest: 'Newest',
  price_asc: 'Lowest price',
  price_desc: 'Highest price',
  most_bids: 'Most bids',
});
export const STATUSES = Object.freeze({ active: 'Open now', scheduled: 'Opening later', closed: 'Closed', all: 'All' });
/** The server's bounds of a search, in characters and words. */
export const QUERY_AT_MOST = 100;
const WORDS_AT_MOST = 8;
export const DEFAULTS = Object.freeze({ q: '', category: '', status: 'active', sort: 'ending_soon' });

/**
 * @param {string} hash as `location.hash` has it
 * @returns {Route}
 */
export function parseRoute(hash) {
  const [path, query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  if (path === '' || path === '/') return { page: 'market', filters: filtersOf(new URLSearchParams(query)) };
  if (path === '/sell') return { page: 'sell' };
  const id = path.match(/^\/listing\/([\w-]{1,64})$/)?.[1];
  return id ? { page: 'listing', id } : { page: 'not_found' };
}

/**
 * The address of a route; filters at their defaults are left out.
 * @param {Route} route
 * @returns {string} with the leading `#`
 */
export function routeHash(route) {
  if (route.page === 'listing') return `#/listing/${route.id}`;
  if (route.page === 'sell') return '#/sell';
  const changed = Object.entries(route.filters ?? {}).filter(([name, value]) => value !== DEFAULTS[name]);
  const query = new URLSearchParams(changed).toString();
  return query ? `#/?${query}` : '#/';
}

/**
 * Filters as `search_listings` wants them: what is not filtered is left out.
 * @param {Filters} filters
 * @returns {Record<string, string>}
 */
export function searchQuery({ q, category, status, sort }) {
  const query = { sort };
  const words = q.split(/\s+/).filter(Boolean).slice(0, WORDS_AT_MOST);
  if (words.length) query.q = words.join(' ');
  if (category) query.category = category;
  if (status !== 'all') query.status = status;
  return query;
}

function filtersOf(query) {
  const known = (name, values) => (Object.hasOwn(values, query.get(name) ?? '') ? query.get(name) : DEFAULTS[name]);
  return {
    q: (query.get('q') ?? '').slice(0, QUERY_AT_MOST),
    category: known('category', CATEGORIES),
    status: known('status', STATUSES),
    sort: known('sort', SORTS),
  };
}
