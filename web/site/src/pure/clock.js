/**
 * The server's time, and what is left of it.
 *
 * The visitor's wall clock is never asked: it may be wrong by minutes, and an auction ends by the database's clock. What is used of his
 * machine is a monotonic counter, to know how long ago the server told its time.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Countdowns turn urgent in the last minute and are "soon" in the last hour. */
const URGENT_BELOW = MINUTE;
const SOON_BELOW = HOUR;

/**
 * Milliseconds since 1970 of an RFC 3339 time; microseconds are cut off, as Firestore's `toMillis` does, so that both sources agree.
 * @param {string} text
 * @returns {number}
 */
export function parseTime(text) {
  return Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
}

/** The server's clock as seen from here. */
export class ServerClock {
  #monotonic;
  #best = null;

  /** @param {() => number} [monotonic] milliseconds from any fixed moment */
  constructor(monotonic = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  /** A moment on the local counter, to be handed to `observe`. */
  mark() {
    return this.#monotonic();
  }

  /** Whether the server has told its time at all. */
  get known() {
    return this.#best !== null;
  }

  /**
   * Learns from one answer. The server read its clock somewhere between the two marks, so half their distance is how wrong this can be;
   * the tightest answer is kept, unless a later one contradicts it (the machine slept, and its counter with it).
   * @param {{serverTime: string, sentAt: number, receivedAt: number}} answer
   */
  observe({ serverTime, sentAt, receivedAt }) {
    const sample = { offset: parseTime(serverTime) - (sentAt + receivedAt) / 2, doubt: (receivedAt - sentAt) / 2 };
    if (Number.isNaN(sample.offset)) return;
    const best = this.#best;
    const contradicts = best && Math.abs(sample.offset - best.offset) > sample.doubt + best.doubt;
    if (!best || contradicts || sample.doubt < best.doubt) this.#best = sample;
  }

  /** The server's time now, in milliseconds since 1970. Before the first answer: the local clock, the only one there is. */
  now() {
    return this.#best ? this.#monotonic() + this.#best.offset : Date.now();
  }
}

/**
 * What is left, in the shortest form that still moves when it matters, and how much hurry it means. Rounded up: "0:01" stands until the end.
 * @param {number} milliseconds
 * @returns {{text: string, level: 'calm' | 'soon' | 'urgent' | 'over'}}
 */
export function countdown(milliseconds) {
  if (milliseconds <= 0) return { text: '0:00', level: 'over' };
  return { text: remaining(Math.ceil(milliseconds / SECOND)), level: level(milliseconds) };
}

function remaining(seconds) {
  const left = {
    days: Math.floor(seconds / 86400),
    hours: Math.floor(seconds / 3600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  };
  if (left.days > 0) return `${left.days}d ${left.hours}h`;
  if (left.hours > 0) return `${left.hours}h ${twoDigits(left.minutes)}m`;
  return `${left.minutes}:${twoDigits(left.seconds)}`;
}

function level(milliseconds) {
  if (milliseconds <= URGENT_BELOW) return 'urgent';
  return milliseconds <= SOON_BELOW ? 'soon' : 'calm';
}

/**
 * A length of time in words for a sentence: "2 minutes", "1 hour 30 minutes", "3 days".
 * @param {number} seconds
 * @returns {string}
 */
export function durationText(seconds) {
  const units = [
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ];
  let rest = Math.round(seconds);
  const words = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return words.slice(0, 2).join(' ') || '0 seconds';
}

/**
 * A length of time as on a clock: "2:00", "1:05:00".
 * @param {number} milliseconds
 * @returns {string}
 */
export function clockText(milliseconds) {
  const seconds = Math.round(milliseconds / SECOND);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = `${twoDigits(seconds % 60)}`;
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/**
 * A moment in the visitor's zone, with the zone's name: "Sun 22 Nov, 11:00 CET". Seconds only when asked for; the year when it is another.
 * @param {number} at milliseconds since 1970
 * @param {{locale?: string, timeZone?: string, seconds?: boolean, now?: number}} [options]
 * @returns {string}
 */
export function momentText(at, { locale, timeZone, seconds = false, now = at } = {}) {
  const year = new Date(at).getUTCFullYear() === new Date(now).getUTCFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year,
    hour: '2-digit',
    minute: '2-digit',
    second: seconds ? '2-digit' : undefined,
    timeZoneName: 'short',
    timeZone,
  }).format(at);
}

/**
 * The time of day in the visitor's zone, to the second: "11:00:05".
 * @param {number} at milliseconds since 1970
 * @param {{locale?: string, timeZone?: string}} [options]
 * @returns {string}
 */
export function timeOfDay(at, { locale, timeZone } = {}) {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone }).format(at);
}

/**
 * A moment as a `datetime-local` field wants it, in the visitor's zone: "2026-11-22T11:00".
 * @param {number} at
 * @returns {string}
 */
export function localField(at) {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
  return `${day}T${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

/**
 * The moment a `datetime-local` field means in the visitor's zone, as RFC 3339 in UTC, or null when it is none.
 * @param {string} value
 * @returns {string | null}
 */
export function instantOfField(value) {
  const at = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d/.test(value) ? new Date(value).getTime() : NaN;
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

function twoDigits(number) {
  return String(number).padStart(2, '0');
}
