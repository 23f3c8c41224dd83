/**
 * Notes when each version of one listing is seen: /?listing=ID&project=ID&emulator=HOST:PORT
 *
 * window.seen is a list of [version, milliseconds since 1970]. The time is the browser's monotonic clock on top of its
 * wall clock at the page's start; the bench compares it with its own.
 */

import { initializeApp } from 'firebase/app';
import { connectFirestoreEmulator, doc, getFirestore, onSnapshot } from 'firebase/firestore';

const asked = new URLSearchParams(location.search);
const [host, port] = asked.get('emulator').split(':');
const firestore = getFirestore(initializeApp({ projectId: asked.get('project') }));
connectFirestoreEmulator(firestore, host, Number(port));

window.seen = [];
window.now = () => performance.timeOrigin + performance.now();
onSnapshot(
  doc(firestore, 'listings', asked.get('listing')),
  (snapshot) => {
    if (snapshot.exists()) window.seen.push([snapshot.data().version, window.now()]);
  },
  (error) => {
    window.failure = String(error);
  },
);
