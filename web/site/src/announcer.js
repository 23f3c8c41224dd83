/**
 * Says things to screen readers. News that come thick and fast are gathered: the last one is said when there is a pause to say it in.
 */

const QUIET_FOR = 4000;
let timer = 0;
let lastSaid = -Infinity;

/** Says something now. @param {string} text */
export function announce(text) {
  clearTimeout(timer);
  say(text);
}

/** Says something unless newer news come first. @param {string} text */
export function announceWhenQuiet(text) {
  clearTimeout(timer);
  timer = setTimeout(() => say(text), Math.max(0, lastSaid + QUIET_FOR - performance.now()));
}

function say(text) {
  lastSaid = performance.now();
  document.getElementById('announcer').textContent = text;
}
