/**
 * From the code of a refusal to a sentence that says what to do.
 *
 * Codes come from the functions and the gateway (RFC 9457 `code`); `network` and `timeout` are this page's own, for answers that never came.
 *
 * @typedef {{code: string, status: number, detail?: string, errors?: {field: string, message: string}[], minimum_bid?: number,
 *   starts_at?: string, ends_at?: string, retry_after?: number, trace_id?: string}} Problem
 * @typedef {{money?: (minor: number) => string, moment?: (time: string) => string}} Wording
 */

const SENTENCES = {
  invalid_request: () => 'Something in the form is not right. Correct the marked fields and send it again.',
  invalid_json: () => 'The server could not read what this page sent. Reload the page and try again.',
  unauthenticated: () => 'Your sign-in has expired. Sign in again, then repeat what you did.',
  forbidden: () => 'This account may not do that. Sign in as somebody who may.',
  email_unverified: () => 'Your e-mail address is not confirmed yet. Follow the link in the message we sent you, then try again.',
  seller_may_not_bid: () => 'This is your own listing, and sellers may not bid on their own. Wait for others to bid.',
  listing_not_found: () => 'There is no such listing. Check the address, or find it in the market.',
  operation_not_found: () => 'The server does not know this request. Reload the page and try again.',
  method_not_allowed: () => 'The server does not take this kind of request. Reload the page and try again.',
  auction_not_started: (problem, say) =>
    `Bidding has not opened yet. Come back ${problem.starts_at ? `at ${say.moment(problem.starts_at)}` : 'when it opens'}.`,
  auction_ended: () => 'The auction ended before your bid arrived, so it was not counted. Look for something similar in the market.',
  listing_cancelled: () => 'The seller has withdrawn this listing, so no bid can be placed. Look for something similar in the market.',
  bid_too_low: (problem, say) =>
    `Your maximum is below the least that is taken now${problem.minimum_bid == null ? '' : `, ${say.money(problem.minimum_bid)}`}. We have filled the new minimum in: confirm it, or enter more.`,
  body_too_large: () => 'The text is too long to send. Shorten the description and try again.',
  unsupported_media_type: () => 'The server does not take this kind of content. Reload the page and try again.',
  idempotency_key_reused: () => 'This was already sent with other contents. Check what you entered, then confirm it again.',
  not_a_reviewer: () => 'Only reviewers may do this.',
  question_not_found: () => 'There is no such answer of yours.',
  too_many_questions: () => 'Those were many questions. Wait a moment, then go on.',
  busy: () => 'Very many requests are arriving. Wait a few seconds and try again; it is not counted twice.',
  unavailable: () => 'The auction house is briefly not reachable. Wait a few seconds and try again; it is not counted twice.',
  internal: () => 'Something went wrong on our side. Try again; if it happens again, write to us.',
  network: () => 'We could not reach the server. Check your connection and try again; it is not counted twice.',
  timeout: () => 'The server did not answer in time. Try again; it is not counted twice.',
};

/** Every code this page has a sentence for. */
export const CODES = Object.freeze(Object.keys(SENTENCES));

/** Codes that never come from the server. */
export const LOCAL_CODES = Object.freeze(['network', 'timeout']);

/** Failures that an operator may have to look for in the log. One that never left this device is not there. */
const FOR_THE_LOG = new Set(['internal', 'unavailable', 'timeout']);

/** After these nobody knows whether the request was carried out: repeat it, with the same key. */
const UNCERTAIN = new Set(['busy', 'unavailable', 'internal', 'network', 'timeout']);

/**
 * What to tell the visitor. An unknown code gets the server's own words; trouble on our side the id under which we find it.
 * @param {Problem} problem
 * @param {Wording} [wording] how to write amounts and times
 * @returns {string}
 */
export function sentence(problem, { money = String, moment = String } = {}) {
  const isKnown = Object.hasOwn(SENTENCES, problem.code);
  const text = isKnown
    ? SENTENCES[problem.code](problem, { money, moment })
    : problem.detail || 'The server refused this and did not say why. Reload the page and try again.';
  const isForTheLog = problem.trace_id && (!isKnown || FOR_THE_LOG.has(problem.code));
  return isForTheLog ? `${text} If you write to us, mention ${problem.trace_id}.` : text;
}

/** Whether repeating the same request with the same key is the right thing to do. @param {Problem} problem */
export function isUncertain(problem) {
  return UNCERTAIN.has(problem.code);
}

/** How often a request is repeated without asking, and the first pause in milliseconds; each further pause is twice as long. */
const SILENT_REPEATS = 3;
const FIRST_PAUSE = 400;
/** Nobody is kept waiting longer than this without being asked. */
const LONGEST_PAUSE = 5000;

/**
 * How long to wait before repeating a failed request by itself, in milliseconds; null when the visitor must decide.
 * @param {Problem} problem
 * @param {number} repeats how many there have been
 * @returns {number | null}
 */
export function repeatAfter(problem, repeats) {
  if (!isUncertain(problem) || problem.code === 'internal' || repeats >= SILENT_REPEATS) return null;
  const pause = Math.max((problem.retry_after ?? 0) * 1000, FIRST_PAUSE * 2 ** repeats);
  return pause > LONGEST_PAUSE ? null : pause;
}
