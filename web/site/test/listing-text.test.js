import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bidCountText, bidResultText, cardTime, priceLabel, reserveText, statusText } from '../src/pure/listing-text.js';
import { composition } from '../src/pure/composition.js';

const LOT = { leader: 'Bidder 3', winner: 'Bidder 3', bid_count: 2, current_price: 100, minimum_bid: 110 };

describe('words for a state', () => {
  test('the visitor is told when it is he who leads, was outbid, or won', () => {
    assert.equal(statusText(LOT, 'open', 'leading'), 'You lead');
    assert.equal(statusText(LOT, 'open', 'outbid'), 'You have been outbid: Bidder 3 leads');
    assert.equal(statusText(LOT, 'sold', 'won'), 'You won');
    assert.equal(statusText(LOT, 'sold', 'lost'), 'Sold to Bidder 3');
  });

  test('every phase has words, on the page and on the card', () => {
    for (const phase of ['scheduled', 'open', 'closing', 'sold', 'reserve_not_met', 'no_bids', 'cancelled']) {
      assert.ok(statusText({ ...LOT, leader: null }, phase, 'none'));
      assert.ok(cardTime(phase).label);
    }
  });

  test('the price is named for what it is', () => {
    assert.equal(priceLabel(LOT, 'sold'), 'Hammer price');
    assert.equal(priceLabel(LOT, 'open'), 'Current price');
    assert.equal(priceLabel({ ...LOT, bid_count: 0 }, 'open'), 'Starting price');
    assert.equal(priceLabel(LOT, 'reserve_not_met'), 'Highest bid');
  });

  test('one bid is singular, and no reserve is not mentioned', () => {
    assert.deepEqual([0, 1, 2].map(bidCountText), ['0 bids', '1 bid', '2 bids']);
    assert.deepEqual(['none', 'met', 'not_met'].map(reserveText), ['', 'Reserve met', 'Reserve not met']);
  });

  test('an accepted bid that is outbid at once is told so, with what to bid next', () => {
    assert.match(
      bidResultText({ leading: false, listing: LOT }, 105, (minor) => `${minor}!`),
      /110!/,
    );
    assert.match(
      bidResultText({ leading: true, listing: LOT }, 200, (minor) => `${minor}!`),
      /lead at 100!.*up to 200!/,
    );
  });
});

describe('a lot’s drawing', () => {
  test('it is always the same for one lot, and not for all', () => {
    assert.deepEqual(composition('abc'), composition('abc'));
    assert.ok(new Set(['a', 'b', 'c', 'd', 'e'].map((seed) => JSON.stringify(composition(seed)))).size > 3);
  });
});
