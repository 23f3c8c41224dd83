import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { CODES, LOCAL_CODES, isUncertain, repeatAfter, sentence } from '../src/pure/problems.js';

const page = await readFile(new URL('../src/problems.html', import.meta.url), 'utf8');
const headings = [...page.matchAll(/<h2 id="(\w+)">/g)].map(([, id]) => id);

describe('the sentence for a refusal', () => {
  test('every code has one that is not the code itself', () => {
    for (const code of CODES) assert.match(sentence({ code, status: 409 }), /^[A-Z].* .*\.$/s, code);
  });

  test('a bid that is too low is told the new minimum as money', () => {
    assert.match(sentence({ code: 'bid_too_low', status: 409, minimum_bid: 10500 }, { money: (minor) => `$${minor / 100}` }), /\$105\b/);
  });

  test('an auction that has not started is told its start in the visitor’s words', () => {
    assert.match(sentence({ code: 'auction_not_started', status: 409, starts_at: 'T' }, { moment: () => 'noon' }), /at noon/);
  });

  test('an unknown code gets the server’s own words, or an apology', () => {
    assert.equal(sentence({ code: 'new_one', status: 409, detail: 'The lot is on fire.' }), 'The lot is on fire.');
    assert.match(sentence({ code: 'new_one', status: 409 }), /Reload/);
  });

  test('a code named like a property of every object is unknown too', () => {
    assert.equal(sentence({ code: 'constructor', status: 400, detail: 'No.' }), 'No.');
  });
});

describe('the id of a request', () => {
  const told = (code) => sentence({ code, status: 500, detail: 'No.', trace_id: '4bf92f35' }).includes('mention 4bf92f35.');

  test('is told where an operator may have to look for it, and nowhere else', () => {
    assert.deepEqual(CODES.filter(told).toSorted(), ['internal', 'timeout', 'unavailable']);
    assert.ok(told('a_code_of_tomorrow'));
  });

  test('is not spoken of where there is none', () => {
    assert.doesNotMatch(sentence({ code: 'internal', status: 500 }), /mention/);
  });
});

describe('the page about problems', () => {
  test('it has one heading for every code the server can answer, and no others', () => {
    assert.deepEqual(headings.toSorted(), CODES.filter((code) => !LOCAL_CODES.includes(code)).toSorted());
  });
});

describe('repeating a request', () => {
  test('only what may or may not have been carried out is repeated', () => {
    assert.deepEqual(CODES.filter((code) => isUncertain({ code, status: 0 })).toSorted(), [
      'busy',
      'internal',
      'network',
      'timeout',
      'unavailable',
    ]);
    assert.equal(repeatAfter({ code: 'bid_too_low', status: 409 }, 0), null);
  });

  test('a fault of the server is repeated only when the visitor says so', () => {
    assert.equal(repeatAfter({ code: 'internal', status: 500 }, 0), null);
  });

  test('pauses double, and after three repeats the visitor decides', () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((repeats) => repeatAfter({ code: 'network', status: 0 }, repeats)),
      [400, 800, 1600, null],
    );
  });

  test('Retry-After is waited for up to five seconds, and beyond that the visitor decides', () => {
    assert.equal(repeatAfter({ code: 'busy', status: 503, retry_after: 5 }, 0), 5000);
    assert.equal(repeatAfter({ code: 'busy', status: 503, retry_after: 6 }, 0), null);
  });
});
