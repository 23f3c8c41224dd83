import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refusal } from '../src/data/api.js';
import { Attempt } from '../src/data/attempt.js';

const BID = { listingId: 'abc', maxAmount: 1000 };
const atOnce = async () => {};

/** A call that answers with each outcome in turn: a code is a refusal, anything else the answer. */
function aCall(...outcomes) {
  const requests = [];
  const call = async (request) => {
    requests.push(request);
    const outcome = outcomes.shift();
    if (typeof outcome === 'string') throw new Refusal({ code: outcome, status: 0 });
    return outcome;
  };
  return { requests, call };
}

describe('a confirmed request', () => {
  test('each has a key of its own, as the functions want it', () => {
    const [one, other] = [new Attempt(BID).request.key, new Attempt(BID).request.key];
    assert.notEqual(one, other);
    assert.match(one, /^[\x21-\x7e]{8,64}$/);
  });

  test('a repeat after a failure is the same request with the same key', async () => {
    const { requests, call } = aCall('network', 'busy', { leading: true });
    const answer = await new Attempt(BID).send(call, atOnce);
    assert.equal(answer.leading, true);
    assert.equal(requests.length, 3);
    assert.equal(new Set(requests.map((request) => JSON.stringify(request))).size, 1);
    assert.equal(requests[0].maxAmount, 1000);
  });

  test('a refusal ends it at once', async () => {
    const { requests, call } = aCall('bid_too_low');
    const attempt = new Attempt(BID);
    await assert.rejects(attempt.send(call, atOnce), (error) => error.problem.code === 'bid_too_low');
    assert.equal(requests.length, 1);
    assert.equal(attempt.uncertain, false);
  });

  test('when repeats do not help it stays uncertain, and sending it again uses the old key', async () => {
    const { requests, call } = aCall('network', 'network', 'network', 'network', { leading: true });
    const attempt = new Attempt(BID);
    await assert.rejects(attempt.send(call, atOnce), (error) => error.problem.code === 'network');
    assert.equal(attempt.uncertain, true);
    await attempt.send(call, atOnce);
    assert.equal(attempt.uncertain, false);
    assert.equal(new Set(requests.map((request) => request.key)).size, 1);
  });

  test('a bug is not mistaken for a refusal', async () => {
    const broken = async () => {
      throw new TypeError('bug');
    };
    await assert.rejects(new Attempt(BID).send(broken, atOnce), TypeError);
  });
});
