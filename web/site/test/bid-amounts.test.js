import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { firstAmount, minimumFor, quickAmounts } from '../src/pure/bid-amounts.js';
import { LARGEST_MINOR } from '../src/pure/money.js';

const LOT = { minimum_bid: 10250, current_price: 10000 };

describe('amounts to offer', () => {
  test('the minimum is the listing’s, except for a leader, who must go above his own maximum', () => {
    assert.equal(minimumFor(LOT, 'none', null), 10250);
    assert.equal(minimumFor(LOT, 'outbid', 9000), 10250);
    assert.equal(minimumFor(LOT, 'leading', 12000), 12001);
  });

  test('the form starts with the minimum, and for a leader one step above his maximum', () => {
    assert.equal(firstAmount(LOT, 'outbid', 9000), 10250);
    assert.equal(firstAmount(LOT, 'leading', 12000), 12250);
  });

  test('quick amounts go up by the listing’s own step', () => {
    assert.deepEqual(quickAmounts(LOT, 10250), [10250, 10500, 10750, 11500]);
  });

  test('before the first bid the step is round money near a twentieth, and never nothing', () => {
    assert.deepEqual(quickAmounts({ minimum_bid: 40000, current_price: 40000 }, 40000), [40000, 42000, 44000, 50000]);
    assert.deepEqual(quickAmounts({ minimum_bid: 1, current_price: 1 }, 1), [1, 2, 3, 6]);
  });

  test('nothing above the largest amount is offered', () => {
    assert.deepEqual(quickAmounts({ minimum_bid: LARGEST_MINOR, current_price: LARGEST_MINOR - 1 }, LARGEST_MINOR), [LARGEST_MINOR]);
  });
});
