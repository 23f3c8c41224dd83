/** Starts the site: what it runs on, who the visitor is, and then the page his address asks for. */

import './elements/account-menu.js';
import './elements/address-banner.js';
import './elements/live-badge.js';
import './elements/page-outlet.js';
import { Api } from './data/api.js';
import { loadConfig } from './data/config.js';
import { LiveListings } from './data/live.js';
import { openSession } from './data/session.js';
import { make } from './dom.js';
import { ServerClock } from './pure/clock.js';
import { sentence } from './pure/problems.js';

const outlet = document.querySelector('page-outlet');

start();

async function start() {
  try {
    const config = await loadConfig();
    const session = openSession(config);
    const clock = new ServerClock();
    const api = new Api({ base: config.api_base, session, clock, traceShare: config.trace_share });
    const services = { config, session, clock, api, live: new LiveListings(config) };
    document.querySelector('account-menu').services = services;
    document.querySelector('address-banner').services = services;
    outlet.open(services);
  } catch (error) {
    if (!error.problem) throw error;
    outlet.replaceChildren(apology(sentence(error.problem)));
  }
}

function apology(text) {
  const again = make('button', { type: 'button', class: 'button', onclick: () => start() }, 'Try again');
  return make('div', { class: 'page-note', role: 'alert' }, make('p', {}, text), again);
}
