/**
 * Firebase Authentication's SDK, and all that the site uses of it. Imported dynamically by account-session.js: who only watches need not
 * load it.
 */

import { initializeApp } from 'firebase/app';
import {
  browserLocalPersistence,
  browserPopupRedirectResolver,
  connectAuthEmulator,
  createUserWithEmailAndPassword,
  GoogleAuthProvider,
  initializeAuth,
  onIdTokenChanged,
  sendEmailVerification,
  sendPasswordResetEmail,
  signInWithEmailAndPassword,
  signInWithPopup,
  signOut,
  updateProfile,
} from 'firebase/auth';

/**
 * Everything throws Firebase's errors, whose `code` pure/credentials.js turns into a sentence.
 * @param {import('./config.js').Config} config
 */
export function connect(config) {
  // An app of its own: with one for both, Firestore would open its connection anew with every token, to read what anybody may read.
  const auth = initializeAuth(initializeApp(config.firebase, 'accounts'), {
    persistence: browserLocalPersistence,
    // It fetches a script of Google's, which the content security policy forbids where it is not needed.
    popupRedirectResolver: config.sign_in.providers.includes('google.com') ? browserPopupRedirectResolver : undefined,
  });
  if (config.auth_emulator) connectAuthEmulator(auth, `http://${config.auth_emulator}`, { disableWarnings: true });
  auth.languageCode = document.documentElement.lang;
  /** The links of messages lead back here. */
  const back = { url: `${location.origin}/` };
  return {
    /** The person signed in, or null. */
    person: () => auth.currentUser,
    /** Resolves once it is known who was signed in when the page was opened. */
    ready: () => auth.authStateReady(),
    /** Tells of every person that comes or goes, here or in another tab, and of every new token. */
    onChange: (listener) => onIdTokenChanged(auth, listener),
    signIn: (email, password) => signInWithEmailAndPassword(auth, email, password),
    signOut: () => signOut(auth),
    resetPassword: (email) => sendPasswordResetEmail(auth, email, back),
    sendConfirmation: () => sendEmailVerification(auth.currentUser, back),

    signInWithGoogle() {
      const google = new GoogleAuthProvider();
      google.setCustomParameters({ prompt: 'select_account' });
      return signInWithPopup(auth, google);
    },

    /** Opens an account; the name goes into the tokens from the next one on, so that one is fetched. */
    async register(email, password, displayName) {
      const { user } = await createUserWithEmailAndPassword(auth, email, password);
      if (!displayName) return;
      await updateProfile(user, { displayName });
      await user.getIdToken(true);
    },

    /** Asks whether the address has been confirmed meanwhile; if so, the next token says it. */
    async refresh() {
      await auth.currentUser.reload();
      if (auth.currentUser.emailVerified) await auth.currentUser.getIdToken(true);
    },
  };
}
