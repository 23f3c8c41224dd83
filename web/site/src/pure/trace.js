/**
 * The trace a call begins, in the form of W3C Trace Context. Every call has a fresh one: nothing ties two calls of a visitor together.
 *
 * @typedef {{id: string, header: string}} Trace `id` is what the server calls the request, `header` the value of `traceparent`
 */

/**
 * @param {number} share of calls that are to be recorded, 0 to 1
 * @param {() => number} [draw] decides this one
 * @returns {Trace}
 */
export function newTrace(share, draw = Math.random) {
  const id = hex(16);
  return { id, header: `00-${id}-${hex(8)}-${draw() < share ? '01' : '00'}` };
}

/** Random bytes as hexadecimal digits; all zeros would mean "no trace". */
function hex(bytes) {
  const digits = Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return /[^0]/.test(digits) ? digits : hex(bytes);
}
