/**
 * Firestore's SDK, and all that the site uses of it. Imported dynamically by live.js: it is as large as a photograph.
 */

import { initializeApp } from 'firebase/app';
import { collection, connectFirestoreEmulator, doc, documentId, getFirestore, limit, onSnapshot, query, where } from 'firebase/firestore';

/**
 * @param {import('./config.js').Config} config
 * @returns {import('firebase/firestore').Firestore}
 */
export function connect(config) {
  const firestore = getFirestore(initializeApp(config.firebase ?? { projectId: config.project }));
  if (config.firestore_emulator) connectFirestoreEmulator(firestore, ...hostAndPort(config.firestore_emulator));
  return firestore;
}

/**
 * Watches listings by id. `onNews` gets what the server has confirmed, `onLost` is told when the connection is gone or access refused.
 * @param {import('firebase/firestore').Firestore} firestore
 * @param {string[]} ids at most 30, Firestore's limit for `in`
 * @param {{onNews: (documents: {id: string, data: object}[]) => void, onLost: () => void}} listeners
 * @returns {() => void} stops watching
 */
export function watch(firestore, ids, { onNews, onLost }) {
  const single = ids.length === 1;
  const target = single
    ? doc(firestore, 'listings', ids[0])
    : query(collection(firestore, 'listings'), where(documentId(), 'in', ids), limit(ids.length));
  const listener = (snapshot) => {
    if (snapshot.metadata.fromCache) onLost();
    else
      onNews(
        (single ? [snapshot] : snapshot.docs)
          .filter((document) => document.exists())
          .map((document) => ({ id: document.id, data: document.data() })),
      );
  };
  return onSnapshot(target, { includeMetadataChanges: true }, listener, onLost);
}

function hostAndPort(address) {
  const [, host, port] = address.match(/^\[?(.*?)\]?:(\d+)$/);
  return [host, Number(port)];
}
