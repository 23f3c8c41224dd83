import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CHECK_EVERY,
  DETAIL_EVERY,
  POLL_EVERY,
  extension,
  fromDocument,
  isStale,
  newest,
  phase,
  refreshDelay,
  standing,
  withAnswer,
  withSnapshot,
} from '../src/pure/listing-state.js';
import { parseTime } from '../src/pure/clock.js';

const START = '2026-11-22T10:00:00.000000Z';
const END = '2026-11-22T11:00:00.000000Z';
const NOBODY = { is_seller: false, leading: false, your_max: null, alias: null };

function aListing(fields = {}) {
  return {
    id: 'abc',
    version: 5,
    status: 'active',
    outcome: null,
    leader: 'Bidder 1',
    winner: null,
    current_price: 1000,
    starts_at: START,
    scheduled_end: END,
    ends_at: END,
    description: 'A vase',
    ...fields,
  };
}

function aState({ you = null, bids = [], ...fields } = {}) {
  return withAnswer(null, { listing: aListing(fields), bids, you });
}

describe('the newest version wins', () => {
  test('a snapshot of a newer version changes what it tells and keeps what it does not', () => {
    const state = withSnapshot(aState(), { version: 6, current_price: 1100 });
    assert.equal(state.listing.current_price, 1100);
    assert.equal(state.listing.description, 'A vase');
  });

  test('a snapshot of the same version or an older one changes nothing', () => {
    const state = aState();
    assert.equal(withSnapshot(state, { version: 5, current_price: 1 }), state);
    assert.equal(withSnapshot(state, { version: 4, current_price: 1 }), state);
    assert.equal(withSnapshot(state, { current_price: 1 }), state);
  });

  test('an answer that comes late does not take the price back, nor the history', () => {
    const ahead = aState({ version: 7, current_price: 1300, bids: [{ seq: 3 }] });
    const after = withAnswer(ahead, { listing: aListing({ version: 6, current_price: 1200 }), bids: [{ seq: 2 }], you: NOBODY });
    assert.equal(after.listing.current_price, 1300);
    assert.deepEqual(after.bids, [{ seq: 3 }]);
    assert.equal(after.you, null);
  });

  test('an answer older than a snapshot but newer than the history brings the history forward', () => {
    const state = withSnapshot(aState({ version: 5, bids: [{ seq: 1 }] }), { version: 7, current_price: 1300 });
    const after = withAnswer(state, { listing: aListing({ version: 6, current_price: 1200 }), bids: [{ seq: 2 }] });
    assert.equal(after.listing.current_price, 1300);
    assert.deepEqual(after.bids, [{ seq: 2 }]);
    assert.equal(isStale(after), true);
  });

  test('an answer of the same version tells who the visitor is: he may have just signed in', () => {
    const after = withAnswer(aState(), { listing: aListing(), bids: [], you: { ...NOBODY, alias: 'Bidder 2' } });
    assert.equal(after.you.alias, 'Bidder 2');
  });

  test('the answer to a bid has no history, which is then stale', () => {
    const after = withAnswer(aState({ bids: [{ seq: 1 }] }), { listing: aListing({ version: 6 }), you: NOBODY });
    assert.deepEqual(after.bids, [{ seq: 1 }]);
    assert.equal(isStale(after), true);
    assert.equal(isStale(aState()), false);
  });

  test('a card takes newer news only', () => {
    const card = aListing();
    assert.equal(newest(card, { version: 5 }), card);
    assert.equal(newest(card, { version: 6, current_price: 7 }).current_price, 7);
  });
});

describe('a Firestore document', () => {
  test('timestamps become text and bookkeeping is dropped', () => {
    const at = { toMillis: () => parseTime(END) };
    assert.deepEqual(fromDocument({ version: 1, ends_at: at, title: 'Vase', mirrored_at: at }), {
      version: 1,
      ends_at: '2026-11-22T11:00:00.000Z',
      title: 'Vase',
    });
  });
});

describe('where a listing stands', () => {
  const at = (time) => parseTime(time);

  test('it is scheduled until its start and open from that very moment', () => {
    assert.equal(phase(aListing(), at(START) - 1), 'scheduled');
    assert.equal(phase(aListing(), at(START)), 'open');
  });

  test('it is open until its end and closing from that very moment, until the server has closed it', () => {
    assert.equal(phase(aListing(), at(END) - 1), 'open');
    assert.equal(phase(aListing(), at(END)), 'closing');
    assert.equal(phase(aListing({ status: 'closed', outcome: 'sold' }), at(END)), 'sold');
  });

  test('a closed one is what its outcome says, and a cancelled one is cancelled', () => {
    for (const outcome of ['sold', 'reserve_not_met', 'no_bids']) assert.equal(phase(aListing({ status: 'closed', outcome }), 0), outcome);
    assert.equal(phase(aListing({ status: 'cancelled' }), 0), 'cancelled');
  });

  test('the end that counts is the effective one', () => {
    assert.equal(phase(aListing({ ends_at: '2026-11-22T11:02:00.000000Z' }), at(END)), 'open');
  });

  test('an extension is how far the end has moved, and never backwards', () => {
    const later = aListing({ ends_at: '2026-11-22T11:02:00.000Z' });
    assert.equal(extension(aListing(), later), 120_000);
    assert.equal(extension(later, aListing()), 0);
    assert.equal(extension(aListing({ ends_at: '2026-11-22T11:00:00.123456Z' }), aListing({ ends_at: '2026-11-22T11:00:00.123Z' })), 0);
  });
});

describe('how the visitor stands', () => {
  const you = { is_seller: false, leading: true, your_max: 2000, alias: 'Bidder 1' };

  test('the snapshot’s leader decides, not what an older answer said', () => {
    assert.equal(standing({ listing: aListing(), you }), 'leading');
    assert.equal(standing({ listing: aListing({ leader: 'Bidder 2' }), you }), 'outbid');
  });

  test('the winner has won and every other bidder has lost', () => {
    const closed = { status: 'closed', outcome: 'sold' };
    assert.equal(standing({ listing: aListing({ ...closed, winner: 'Bidder 1' }), you }), 'won');
    assert.equal(standing({ listing: aListing({ ...closed, winner: 'Bidder 2' }), you }), 'lost');
    assert.equal(standing({ listing: aListing({ status: 'closed', outcome: 'reserve_not_met' }), you }), 'lost');
  });

  test('a stranger and a visitor who has not bid stand nowhere, and a seller is the seller', () => {
    assert.equal(standing({ listing: aListing(), you: null }), 'none');
    assert.equal(standing({ listing: aListing({ leader: null }), you: NOBODY }), 'none');
    assert.equal(standing({ listing: aListing(), you: { ...NOBODY, is_seller: true } }), 'seller');
  });
});

describe('when to look again', () => {
  const usual = { finished: false, live: true, closing: false, stale: false, sinceLast: 0, failures: 0 };

  test('with snapshots it is seldom, without them every two seconds, and so while the end is being decided', () => {
    assert.equal(refreshDelay(usual), CHECK_EVERY);
    assert.equal(refreshDelay({ ...usual, live: false }), POLL_EVERY);
    assert.equal(refreshDelay({ ...usual, closing: true }), POLL_EVERY);
  });

  test('history is fetched after a snapshot at once, but not twice within a second', () => {
    assert.equal(refreshDelay({ ...usual, stale: true, sinceLast: DETAIL_EVERY }), 0);
    assert.equal(refreshDelay({ ...usual, stale: true, sinceLast: DETAIL_EVERY - 1 }), 1);
    assert.equal(refreshDelay({ ...usual, stale: true, sinceLast: 60_000 }), 0);
  });

  test('a finished listing is left alone once its history is complete', () => {
    assert.equal(refreshDelay({ ...usual, finished: true }), null);
    assert.equal(refreshDelay({ ...usual, finished: true, stale: true }), DETAIL_EVERY);
  });

  test('failures make it more patient, up to a limit', () => {
    assert.equal(refreshDelay({ ...usual, live: false, failures: 1 }), 2 * POLL_EVERY);
    assert.equal(refreshDelay({ ...usual, live: false, failures: 50 }), CHECK_EVERY);
  });
});
