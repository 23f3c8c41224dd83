/**
 * A session with an account at Firebase. It is kept on the device and is the same in all tabs: who signs out in one is out in all.
 *
 * Beside what Firebase keeps, two things stand in the browser's storage: the visitor's name, which says whether there is anybody to load
 * the SDK for, and which visit was ended last. The SDK asks its service about whomever it finds when a page opens and then writes him down
 * again, even if he has left in another tab meanwhile; a visit that was ended is ended wherever it comes up again.
 *
 * Fires `session-changed` when somebody signs in or out, here or in another tab, and when he has confirmed his address.
 */

import { isUnreached, signInFault } from '../pure/credentials.js';
import { Refusal } from './api.js';

const KEPT_AS = 'gavel.person';
const ENDED_AS = 'gavel.ended';
const UNREACHED = 'auth/network-request-failed';

/** Signing in did not work; `fault` is as pure/credentials.js describes it. */
export class SignInFailed extends Error {
  /** @param {import('../pure/credentials.js').Fault} fault */
  constructor(fault) {
    super(fault.text);
    this.fault = fault;
  }
}

export class AccountSession extends EventTarget {
  #config;
  #storage;
  #kept;
  #connecting = null;

  /**
   * @param {import('./config.js').Config} config
   * @param {Storage} [storage]
   */
  constructor(config, storage = localStorage) {
    super();
    this.#config = config;
    this.#storage = storage;
    this.#kept = read(storage);
    window.addEventListener('storage', ({ key }) => this.#heard(key));
    document.addEventListener('visibilitychange', () => this.#returned());
    if (this.#kept) this.prepare();
  }

  get name() {
    return this.#kept?.name ?? null;
  }

  get email() {
    return this.#kept?.email ?? null;
  }

  get needsConfirmation() {
    return this.#kept?.needsConfirmation ?? false;
  }

  /** Loads what signing in needs, so that Google's window can open at the click itself. A failure shows when it is used. */
  prepare() {
    this.#connect().catch(() => {});
  }

  /** Each of these throws `SignInFailed`. @param {{email: string, password: string}} person */
  async signIn({ email, password }) {
    await this.#act((accounts) => accounts.signIn(email, password));
  }

  async signInWithGoogle() {
    await this.#act((accounts) => accounts.signInWithGoogle());
  }

  /** Opens an account and sends the message to confirm its address; when only the message fails, the visitor is signed in all the same. */
  async register({ email, password, displayName = '' }) {
    await this.#act((accounts) => accounts.register(email, password, displayName));
    await this.sendConfirmation();
  }

  async sendConfirmation() {
    await this.#act((accounts) => accounts.sendConfirmation());
  }

  /** Asks whether the address has been confirmed; `needsConfirmation` says it afterwards. */
  async checkConfirmation() {
    await this.#act((accounts) => accounts.refresh());
  }

  /** Sends a link to set a new password with. That there is no such account is told to nobody. */
  async resetPassword(email) {
    await this.#act((accounts) =>
      accounts.resetPassword(email).catch((error) => {
        if (error.code !== 'auth/user-not-found') throw error;
      }),
    );
  }

  async signOut() {
    await this.#act((accounts) => {
      this.#storage.setItem(ENDED_AS, visitOf(accounts.person()));
      return accounts.signOut();
    });
  }

  async token() {
    return this.#kept ? this.#idToken(false) : null;
  }

  async renew() {
    const token = this.#kept && (await this.#idToken(true));
    if (!token) throw new Refusal({ code: 'unauthenticated', status: 401 });
    return token;
  }

  async #idToken(isRenewed) {
    try {
      const accounts = await this.#connect();
      return (await accounts.person()?.getIdToken(isRenewed)) ?? null;
    } catch (error) {
      if (!error.code) throw error;
      throw new Refusal(isUnreached(error.code) ? { code: 'network', status: 0 } : { code: 'unauthenticated', status: 401 });
    }
  }

  async #act(action) {
    try {
      const accounts = await this.#connect();
      await action(accounts);
      this.#follow(accounts);
    } catch (error) {
      if (!error.code) throw error;
      throw new SignInFailed(signInFault(error.code));
    }
  }

  /** Loads the SDK when it is first needed and waits until it knows who is there. A failed load is tried again next time. */
  #connect() {
    this.#connecting ??= this.#load().catch((error) => {
      this.#connecting = null;
      throw error;
    });
    return this.#connecting;
  }

  async #load() {
    const { connect } = await import('./accounts.js').catch((error) => {
      throw Object.assign(error, { code: UNREACHED });
    });
    const accounts = connect(this.#config);
    await accounts.ready();
    accounts.onChange(() => this.#follow(accounts));
    this.#follow(accounts);
    return accounts;
  }

  /** Takes note of who is there now, and sends away whoever has left already. */
  #follow(accounts) {
    const person = accounts.person();
    const visit = visitOf(person);
    if (visit && visit === this.#storage.getItem(ENDED_AS)) accounts.signOut();
    else this.#note(person);
  }

  #note(person) {
    this.#keep(person && { id: person.uid, name: person.displayName || person.email, email: person.email, ...confirmation(person) });
  }

  #keep(kept) {
    const before = JSON.stringify(this.#kept);
    this.#kept = kept;
    if (kept) this.#storage.setItem(KEPT_AS, JSON.stringify(kept));
    else this.#storage.removeItem(KEPT_AS);
    if (JSON.stringify(kept) !== before) this.dispatchEvent(new Event('session-changed'));
  }

  /** Somebody came or went in another tab. Where the SDK runs, it hears of that itself and knows better, but not of a visit's end. */
  #heard(key) {
    if (key === ENDED_AS) this.#connecting?.then((accounts) => this.#follow(accounts), () => {});
    else if (key === KEPT_AS && !this.#connecting && read(this.#storage)) this.prepare();
  }

  /** The message may have been answered meanwhile, in another tab or on a telephone. */
  async #returned() {
    if (document.hidden || !this.needsConfirmation) return;
    await this.checkConfirmation().catch((error) => {
      if (!error.fault) throw error;
    });
  }
}

/** Tells one signing in from the next, of whomever; empty of nobody. @returns {string} */
function visitOf(person) {
  const since = person?.toJSON().lastLoginAt;
  return since ? `${person.uid} ${since}` : '';
}

function confirmation({ email, emailVerified }) {
  return { needsConfirmation: Boolean(email) && !emailVerified };
}

function read(storage) {
  try {
    return JSON.parse(storage.getItem(KEPT_AS));
  } catch {
    return null;
  }
}
