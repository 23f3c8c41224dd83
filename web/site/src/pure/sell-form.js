/**
 * From the fields of the form, as typed, to the body of `create_listing`, or to a message per field.
 *
 * Only what the page can know is checked here (is it an amount, is it later than now); the rules of the auction are the server's, and its
 * `errors` are shown at the same fields.
 *
 * @typedef {Record<string, string>} Values by field name
 * @typedef {{body: Record<string, any>, errors: Record<string, string>}} Reading `body` is complete when `errors` is empty
 */

import { instantOfField, parseTime } from './clock.js';
import { moneyFault, parseMoney } from './money.js';

export const CURRENCIES = Object.freeze({ USD: 'US dollar', GBP: 'Pound sterling', EUR: 'Euro' });

/** Presets of the duration, in seconds. The shortest is there to watch an auction close. */
export const DURATIONS = Object.freeze({
  60: '1 minute (to try it out)',
  300: '5 minutes',
  3600: '1 hour',
  86400: '1 day',
  259200: '3 days',
  604800: '7 days',
  864000: '10 days',
  2592000: '30 days',
  5184000: '60 days',
});
export const DEFAULT_DURATION = 604800;

/** The server's defaults: a late bid with less than the window left moves the end. */
export const SOFT_CLOSE = Object.freeze({ window_seconds: 120, extension_seconds: 120, max_extension_seconds: 3600 });

/** The server's bounds of each, in seconds. */
const SOFT_CLOSE_AT_MOST = Object.freeze({ window_seconds: 3600, extension_seconds: 3600, max_extension_seconds: 86_400 });

/** The server's bounds of an auction's length, in milliseconds; it opens no later than the longest one lasts. */
const SHORTEST = 10_000;
const LONGEST = 60 * 86_400_000;

/** The server counts a character outside the basic plane once, a field twice: what fits here fits there. */
export const TITLE_AT_MOST = 140;
export const DESCRIPTION_AT_MOST = 8000;

/**
 * @param {Values} values
 * @param {{now: number, locale?: string}} context the server's time in milliseconds, and how amounts are written
 * @returns {Reading}
 */
export function readForm(values, { now, locale }) {
  const reading = { body: { currency: values.currency }, errors: {} };
  readTexts(values, reading);
  readMoney(values, locale, reading);
  readTimes(values, now, reading);
  readSoftClose(values, reading);
  return reading;
}

/**
 * The server's `errors` by the form's field names: a member of `soft_close` belongs to its own field; what fits no field goes under ''.
 * @param {{field: string, message: string}[]} errors
 * @param {string[]} fields
 * @returns {Record<string, string>}
 */
export function errorsByField(errors, fields) {
  const byField = {};
  for (const { field, message } of errors) {
    const name = [field, field.split('.').at(-1), `${field}_seconds`].find((candidate) => fields.includes(candidate)) ?? '';
    const text = name === '' && field ? `${field}: ${message}` : message;
    byField[name] = byField[name] ? `${byField[name]} ${text}` : text;
  }
  return byField;
}

function readTexts(values, { body, errors }) {
  body.title = values.title.trim();
  body.description = values.description.trim();
  body.category = values.category;
  if (!body.title) errors.title = 'Give the lot a title.';
  if (!body.description) errors.description = 'Describe the lot: what it is, its condition, what comes with it.';
  if (!body.category) errors.category = 'Choose a category.';
}

function readMoney(values, locale, { body, errors }) {
  for (const name of ['starting_price', 'reserve_price', 'buy_now_price', 'increment']) {
    const optional = name !== 'starting_price';
    const parsed = parseMoney(values[name] ?? '', values.currency, locale);
    if (parsed.reason === 'empty' && optional) continue;
    if (parsed.reason) errors[name] = moneyFault(parsed.reason, values.currency, locale);
    else if (parsed.minor === 0) errors[name] = moneyFault('negative', values.currency, locale);
    else body[name] = parsed.minor;
  }
}

function readTimes(values, now, { body, errors }) {
  if (values.starts_at) {
    const message = 'Choose a start within the next 60 days, or leave it empty to open at once.';
    readMoment('starts_at', values.starts_at, { after: now, until: now + LONGEST, message }, { body, errors });
  }
  if (values.duration_seconds !== 'until') {
    body.duration_seconds = Number(values.duration_seconds);
    return;
  }
  const opening = body.starts_at ? parseTime(body.starts_at) : now;
  const message = 'Choose an end from 10 seconds to 60 days after the opening.';
  readMoment('ends_at', values.ends_at, { after: opening + SHORTEST, until: opening + LONGEST, message }, { body, errors });
}

function readMoment(name, value, { after, until, message }, { body, errors }) {
  const instant = instantOfField(value ?? '');
  const time = instant === null ? NaN : parseTime(instant);
  if (time >= after && time <= until) body[name] = instant;
  else errors[name] = message;
}

/** Left out when it is the server's default anyway. */
function readSoftClose(values, { body, errors }) {
  const chosen = {};
  for (const [name, usual] of Object.entries(SOFT_CLOSE)) {
    const text = (values[name] ?? '').trim();
    chosen[name] = text === '' ? usual : Number(text);
    const most = SOFT_CLOSE_AT_MOST[name];
    if (!/^\d*$/.test(text) || chosen[name] > most) errors[name] = `Enter whole seconds, from 0 to ${most}.`;
  }
  const usual = Object.entries(SOFT_CLOSE).every(([name, seconds]) => chosen[name] === seconds);
  if (!usual) body.soft_close = chosen;
}
