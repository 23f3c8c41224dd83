import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BidAttempt } from '../src/data/bid-attempt.js';
import { Refusal } from '../src/data/api.js';

const BID = { listingId: 'abc', maxAmount: 1000 };
const atOnce = async () => {};

/** An api that answers with each outcome in turn: a code is a refusal, anything else the answer. */
function anApi(...outcomes) {
  const bids = [];
  const placeBid = async (bid) => {
    bids.push(bid);
    const outcome = outcomes.shift();
    if (typeof outcome === 'string') throw new Refusal({ code: outcome, status: 0 });
    return outcome;
  };
  return { bids, placeBid };
}

describe('a confirmed bid', () => {
  test('every confirmed bid has a key of its own, as the functions want it', () => {
    const [one, other] = [new BidAttempt(BID).bid.key, new BidAttempt(BID).bid.key];
    assert.notEqual(one, other);
    assert.match(one, /^[\x21-\x7e]{8,64}$/);
  });

  test('a repeat after a failure carries the same key', async () => {
    const api = anApi('network', 'busy', { leading: true });
    const answer = await new BidAttempt(BID).send(api, atOnce);
    assert.equal(answer.leading, true);
    assert.equal(api.bids.length, 3);
    assert.equal(new Set(api.bids.map((bid) => bid.key)).size, 1);
  });

  test('a refusal ends it at once', async () => {
    const api = anApi('bid_too_low');
    const attempt = new BidAttempt(BID);
    await assert.rejects(attempt.send(api, atOnce), (error) => error.problem.code === 'bid_too_low');
    assert.equal(api.bids.length, 1);
    assert.equal(attempt.uncertain, false);
  });

  test('when repeats do not help it stays uncertain, and sending it again uses the old key', async () => {
    const api = anApi('network', 'network', 'network', 'network', { leading: true });
    const attempt = new BidAttempt(BID);
    await assert.rejects(attempt.send(api, atOnce), (error) => error.problem.code === 'network');
    assert.equal(attempt.uncertain, true);
    await attempt.send(api, atOnce);
    assert.equal(attempt.uncertain, false);
    assert.equal(new Set(api.bids.map((bid) => bid.key)).size, 1);
  });

  test('a bug is not mistaken for a refusal', async () => {
    const api = {
      placeBid: async () => {
        throw new TypeError('bug');
      },
    };
    await assert.rejects(new BidAttempt(BID).send(api, atOnce), TypeError);
  });
});
