/**
 * Money as integers in minor units: reading what a person typed, exactly, and writing it for him.
 *
 * No amount is ever a fraction in floating point: the text is split at its decimal mark and both sides are read as digits.
 */

/** The largest amount the functions accept, in minor units. */
export const LARGEST_MINOR = 1_000_000_000_000;

const SEPARATORS = /[.,'’\s]/;

/**
 * How many decimals a currency has: 2 for USD, 0 for JPY.
 * @param {string} currency three letters
 * @returns {number}
 */
export function fractionDigits(currency) {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
}

/**
 * An amount for reading: "$1,234.50".
 * @param {number} minor
 * @param {string} currency
 * @param {string} [locale] the visitor's by default
 * @returns {string}
 */
export function formatMoney(minor, currency, locale) {
  const options = { style: 'currency', currency, numberingSystem: 'latn', currencyDisplay: 'narrowSymbol' };
  return new Intl.NumberFormat(locale, options).format(decimalText(minor, currency));
}

/**
 * An amount for a small button: "$1,234", with its decimals only where there are any.
 * @param {number} minor
 * @param {string} currency
 * @param {string} [locale]
 * @returns {string}
 */
export function briefMoney(minor, currency, locale) {
  const whole = minor % 10 ** fractionDigits(currency) === 0;
  const options = {
    style: 'currency',
    currency,
    numberingSystem: 'latn',
    currencyDisplay: 'narrowSymbol',
    ...(whole ? { maximumFractionDigits: 0 } : {}),
  };
  return new Intl.NumberFormat(locale, options).format(decimalText(minor, currency));
}

/**
 * An amount for an input field: no symbol, no grouping, the locale's decimal mark. `parseMoney` reads it back.
 * @param {number} minor
 * @param {string} currency
 * @param {string} [locale]
 * @returns {string}
 */
export function plainAmount(minor, currency, locale) {
  return decimalText(minor, currency).replace('.', marks(locale).decimal);
}

/**
 * @typedef {{minor: number, reason?: undefined} | {minor?: undefined, reason: MoneyFault}} ParsedMoney
 * @typedef {'empty' | 'not_a_number' | 'too_many_decimals' | 'negative' | 'too_large'} MoneyFault
 */

/**
 * What a person typed, in minor units, or the reason why it is no amount.
 *
 * Both decimal marks are understood where the text leaves no doubt: "12,50" is twelve and a half for everybody. Where there is doubt
 * ("1,500") the visitor's locale decides.
 * @param {string} text
 * @param {string} currency
 * @param {string} [locale]
 * @returns {ParsedMoney}
 */
export function parseMoney(text, currency, locale) {
  const number = withoutSymbol(text, currency, locale);
  if (number === '') return { reason: 'empty' };
  if (/^[-−]\s*[\d.,]+$/.test(number)) return { reason: 'negative' };
  const parts = split(number, fractionDigits(currency), locale);
  if (parts.reason) return { reason: parts.reason };
  const digits = (parts.whole + parts.fraction.padEnd(fractionDigits(currency), '0')).replace(/^0+(?=\d)/, '');
  if (digits.length > 13 || Number(digits) > LARGEST_MINOR) return { reason: 'too_large' };
  return { minor: Number(digits) };
}

/**
 * The sentence for a text that is no amount: what is wrong and what to type instead.
 * @param {MoneyFault} reason
 * @param {string} currency
 * @param {string} [locale]
 * @returns {string}
 */
export function moneyFault(reason, currency, locale) {
  const digits = fractionDigits(currency);
  const example = plainAmount(25 * 10 ** digits + (digits ? 5 * 10 ** (digits - 1) : 0), currency, locale);
  return {
    empty: `Enter an amount, such as ${example}.`,
    not_a_number: `Enter an amount in digits, such as ${example}.`,
    too_many_decimals: digits
      ? `${currency} has ${digits} decimals: enter an amount such as ${example}.`
      : `${currency} has no decimals: enter a whole number.`,
    negative: 'Enter an amount above zero.',
    too_large: `The most that can be entered is ${formatMoney(LARGEST_MINOR, currency, locale)}.`,
  }[reason];
}

/** "1234.50" for 123450 minor units of a currency with two decimals. */
function decimalText(minor, currency) {
  const digits = fractionDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const sign = minor < 0 ? '-' : '';
  return digits ? `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}` : sign + text;
}

/** The text without the currency's symbol or code around it. */
function withoutSymbol(text, currency, locale) {
  const names = ['symbol', 'narrowSymbol', 'code'].map((currencyDisplay) =>
    symbol({ style: 'currency', currency, currencyDisplay }, locale),
  );
  let rest = text.trim();
  for (const name of names) {
    if (rest.toUpperCase().startsWith(name.toUpperCase())) rest = rest.slice(name.length).trim();
    if (rest.toUpperCase().endsWith(name.toUpperCase())) rest = rest.slice(0, -name.length).trim();
  }
  return rest;
}

function symbol(options, locale) {
  return new Intl.NumberFormat(locale, options).formatToParts(0).find((part) => part.type === 'currency').value;
}

/** Whole and fractional digits of a number as typed. @returns {{whole: string, fraction: string} | {reason: MoneyFault}} */
function split(number, digits, locale) {
  if (!/^\d[\d.,'’\s]*$|^[.,]\d+$/.test(number)) return { reason: 'not_a_number' };
  const at = decimalPosition(number, digits, locale);
  const whole = at === -1 ? number : number.slice(0, at);
  const fraction = at === -1 ? '' : number.slice(at + 1);
  if (!/^\d*$/.test(fraction) || !wellGrouped(whole, at === -1 ? '' : number[at])) return { reason: 'not_a_number' };
  if (fraction.length > digits) return { reason: 'too_many_decimals' };
  return { whole: whole.replace(/\D/g, '') || '0', fraction };
}

/** Where the decimal mark stands, or -1. A lone separator before exactly three digits is the locale's to decide. */
function decimalPosition(number, digits, locale) {
  const last = Math.max(number.lastIndexOf('.'), number.lastIndexOf(','));
  if (last === -1) return -1;
  const mark = number[last];
  const following = number.length - last - 1;
  if (number.indexOf(mark) !== last) return -1;
  const looksGrouped = following === 3 && /\d/.test(number[last - 1] ?? '');
  if (looksGrouped && (digits === 0 || mark !== marks(locale).decimal)) return -1;
  return last;
}

/** Whether the whole part is plain digits, or digits in groups of three by one and the same separator, which is not the decimal mark. */
function wellGrouped(whole, decimal) {
  const separator = whole.match(SEPARATORS)?.[0];
  if (separator === undefined) return true;
  const groups = whole.split(separator);
  return separator !== decimal && /^\d{1,3}$/.test(groups[0]) && groups.slice(1).every((group) => /^\d{3}$/.test(group));
}

function marks(locale) {
  const parts = new Intl.NumberFormat(locale, { numberingSystem: 'latn' }).formatToParts(1234567.5);
  return { decimal: parts.find((part) => part.type === 'decimal').value };
}
