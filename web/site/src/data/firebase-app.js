/** Firebase's app, one for Firestore and sign-in alike. Imported by the two modules that load their SDK when it is needed. */

import { getApps, initializeApp } from 'firebase/app';

/**
 * @param {import('./config.js').Config} config
 * @returns {import('firebase/app').FirebaseApp}
 */
export function firebaseApp(config) {
  return getApps()[0] ?? initializeApp(config.firebase ?? { projectId: config.project });
}
