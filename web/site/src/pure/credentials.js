/**
 * Signing in with an account: what the visitor typed, and what went wrong, as a sentence that says what to do.
 *
 * @typedef {{field: 'email' | 'password' | null, text: string}} Fault `field` is where the visitor can do something about it
 * @typedef {'sign-in' | 'register' | 'reset'} Step
 */

/** Of a new password, in characters. An old one may be shorter: the service alone decides whether it is right. */
export const NEW_PASSWORD_AT_LEAST = 8;

const NOT_TOGETHER = fault('password', 'This address and password do not belong together. Check both, or set a new password.');
const CLOSED = fault(null, 'This way of signing in is not open here. Try another, or write to us.');
const EXPIRED = fault(null, 'Your sign-in has expired. Sign in again.');
const UNREACHED = fault(null, 'We could not reach the sign-in service. Check your connection and try again.');
const WINDOW_CLOSED = fault(null, 'Google’s window was closed before you had signed in. Try again.');
const NO_ADDRESS = fault('email', 'This is not an e-mail address. Enter one such as name@example.com.');
const NO_PASSWORD = fault('password', 'Enter your password.');
const TOO_WEAK = fault('password', 'This password is too easy to guess. Choose a longer one; four words do well.');
const LINK_REFUSED = fault(null, 'This site is not set up to send messages yet. Please write to us.');

/** Firebase's codes, without `auth/`. With protection against guessing addresses it says `invalid-credential` for all of the first four. */
const FAULTS = {
  'invalid-credential': NOT_TOGETHER,
  'invalid-login-credentials': NOT_TOGETHER,
  'wrong-password': NOT_TOGETHER,
  'user-not-found': NOT_TOGETHER,
  'invalid-email': NO_ADDRESS,
  'missing-email': NO_ADDRESS,
  'missing-password': NO_PASSWORD,
  'weak-password': TOO_WEAK,
  'password-does-not-meet-requirements': TOO_WEAK,
  'email-already-in-use': fault('email', 'This address has an account already. Sign in with it, or set a new password.'),
  'account-exists-with-different-credential': fault('password', 'This address has an account with a password. Sign in with that.'),
  'too-many-requests': fault(null, 'Those were many attempts. Wait a few minutes and try again, or set a new password.'),
  'quota-exceeded': fault(null, 'Very many people are signing in. Wait a few minutes and try again.'),
  'user-disabled': fault(null, 'This account has been closed by the house. Write to us if you think that is wrong.'),
  'operation-not-allowed': CLOSED,
  'admin-restricted-operation': CLOSED,
  'popup-blocked': fault(null, 'Your browser has blocked Google’s window. Allow pop-up windows for this site, then try again.'),
  'popup-closed-by-user': WINDOW_CLOSED,
  'user-cancelled': WINDOW_CLOSED,
  'cancelled-popup-request': fault(null, 'Google’s window is open already. Go on there, or close it and try again.'),
  'network-request-failed': UNREACHED,
  timeout: UNREACHED,
  'internal-error': UNREACHED,
  'web-storage-unsupported': fault(null, 'Your browser keeps nothing for this site. Allow it to store data, then try again.'),
  'unauthorized-domain': fault(null, 'This address of the site cannot sign people in yet. Please write to us.'),
  'unauthorized-continue-uri': LINK_REFUSED,
  'invalid-continue-uri': LINK_REFUSED,
  'user-token-expired': EXPIRED,
  'invalid-user-token': EXPIRED,
  'user-signed-out': EXPIRED,
  'multi-factor-auth-required': fault(null, 'This account asks for a second factor, which this page cannot take yet. Please write to us.'),
};

/** Every code that has a sentence of its own. */
export const CODES = Object.freeze(Object.keys(FAULTS));

/**
 * What to tell the visitor about a failure of the sign-in service.
 * @param {string} code as Firebase has it, `auth/wrong-password`
 * @returns {Fault}
 */
export function signInFault(code) {
  const name = code.replace(/^auth\//, '');
  if (Object.hasOwn(FAULTS, name)) return FAULTS[name];
  return fault(null, `The sign-in service refused this. Try again; if it happens again, write to us and mention “${name}”.`);
}

/** Whether the failure is that nobody was reached. @param {string} code as Firebase has it */
export function isUnreached(code) {
  return signInFault(code) === UNREACHED;
}

/**
 * What can be said about the form before it is sent; null when nothing.
 * @param {Step} step
 * @param {{email: string, password?: string}} typed
 * @returns {Fault | null}
 */
export function credentialsFault(step, { email, password = '' }) {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return NO_ADDRESS;
  if (step === 'reset') return null;
  if (password === '') return step === 'register' ? fault('password', 'Choose a password.') : NO_PASSWORD;
  if (step === 'register' && [...password].length < NEW_PASSWORD_AT_LEAST)
    return fault('password', `Choose a password of at least ${NEW_PASSWORD_AT_LEAST} characters.`);
  return null;
}

function fault(field, text) {
  return Object.freeze({ field, text });
}
