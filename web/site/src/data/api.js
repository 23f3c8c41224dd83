/**
 * Calling the functions: JSON in, JSON out, every failure a `Refusal` with a code and the id under which the server knows the request.
 */

import { newTrace } from '../pure/trace.js';

/** An answer that is not the one asked for, or none at all; `problem` is as pure/problems.js describes it. */
export class Refusal extends Error {
  /** @param {import('../pure/problems.js').Problem} problem */
  constructor(problem) {
    super(problem.detail ?? problem.code);
    this.problem = problem;
  }
}

/** Longer than a function may take to refuse with `unavailable`, shorter than a person's patience. */
const TIMEOUT_MILLISECONDS = 12_000;

/** What another token may put right. */
const RENEWABLE = new Set(['unauthenticated', 'email_unverified']);

export class Api {
  #base;
  #session;
  #clock;
  #traceShare;

  /**
   * @param {{base: string, session: import('./session.js').Session, clock: import('../pure/clock.js').ServerClock,
   *   traceShare?: number}} parts `traceShare`: how many of the calls ask to be traced, 0 to 1
   */
  constructor({ base, session, clock, traceShare = 0 }) {
    this.#base = base;
    this.#session = session;
    this.#clock = clock;
    this.#traceShare = traceShare;
  }

  /** One listing with its history and the visitor's own standing. @param {string} id */
  getListing(id, { signal } = {}) {
    return this.#call('get_listing', { query: { id }, signal });
  }

  /** One page of the market. @param {Record<string, string>} query as pure/route.js makes it */
  searchListings(query, { signal } = {}) {
    return this.#call('search_listings', { query, signal, anonymous: true });
  }

  /**
   * Offers a lot; repeating it with the same key never lists it twice.
   * @param {{body: Record<string, any>, key: string}} offer `body` as pure/sell-form.js makes it
   */
  createListing({ body, key }) {
    return this.#call('create_listing', { body, headers: { 'Idempotency-Key': key } });
  }

  /**
   * Bids; repeating it with the same key never bids twice.
   * @param {{listingId: string, maxAmount: number, key: string}} bid
   */
  placeBid({ listingId, maxAmount, key }) {
    return this.#call('place_bid', { body: { listing_id: listingId, max_amount: maxAmount }, headers: { 'Idempotency-Key': key } });
  }

  /** Sends with the visitor's token; one that is no longer taken, or is from before he confirmed his address, is renewed, once. */
  async #call(operation, options) {
    const token = options.anonymous ? null : await this.#session.token();
    try {
      return await this.#send(operation, { ...options, token });
    } catch (error) {
      if (!token || !RENEWABLE.has(error.problem?.code)) throw error;
      return this.#send(operation, { ...options, token: await this.#session.renew() });
    }
  }

  async #send(operation, { query, body, headers = {}, token, signal }) {
    const url = `${this.#base}/${operation}${query ? `?${new URLSearchParams(query)}` : ''}`;
    const trace = newTrace(this.#traceShare);
    const request = { method: body ? 'POST' : 'GET', headers: { Accept: 'application/json', traceparent: trace.header, ...headers } };
    if (token) request.headers.Authorization = `Bearer ${token}`;
    if (body) Object.assign(request, { body: JSON.stringify(body) }).headers['Content-Type'] = 'application/json';
    return requestJson(url, request, { signal, clock: this.#clock, traceId: trace.id });
  }
}

/**
 * Fetches JSON or throws a `Refusal`. Answers are never taken from the browser's cache: a cached one would tell a time long past.
 * @param {string} url
 * @param {RequestInit} request
 * @param {{signal?: AbortSignal, clock?: import('../pure/clock.js').ServerClock, traceId?: string}} [options] `traceId` is what the
 *   request is called unless the answer says otherwise
 */
export async function requestJson(url, request, { signal, clock, traceId } = {}) {
  const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const sentAt = clock?.mark();
  try {
    const response = await fetch(url, { ...request, cache: 'no-store', signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    const body = await response.json().catch(() => null);
    if (body?.server_time && clock) clock.observe({ serverTime: body.server_time, sentAt, receivedAt: clock.mark() });
    if (response.ok && body !== null) return body;
    throw new Refusal({ ...named(response.headers.get('X-Request-Id') ?? traceId), ...problemOf(response, body) });
  } catch (error) {
    if (error instanceof Refusal || signal?.aborted) throw error;
    throw new Refusal({ code: timeout.aborted ? 'timeout' : 'network', status: 0, ...named(traceId) });
  }
}

function named(traceId) {
  return traceId ? { trace_id: traceId } : {};
}

/** A problem body, or the nearest code for an answer that came from something in between. */
function problemOf(response, body) {
  const seconds = Number(response.headers.get('Retry-After'));
  const retry = seconds > 0 ? { retry_after: seconds } : {};
  if (body?.code) return { ...body, ...retry };
  return {
    code: [429, 502, 503, 504].includes(response.status) || response.ok ? 'unavailable' : 'internal',
    status: response.status,
    ...retry,
  };
}
