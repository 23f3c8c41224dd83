import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorsByField, readForm } from '../src/pure/sell-form.js';

const NOW = new Date(2026, 10, 22, 12, 0).getTime();

function theForm(fields = {}) {
  return {
    title: 'Vase',
    description: 'Blue',
    category: 'art',
    currency: 'USD',
    starting_price: '10.00',
    reserve_price: '',
    buy_now_price: '',
    increment: '',
    duration_seconds: '3600',
    ends_at: '',
    starts_at: '',
    window_seconds: '120',
    extension_seconds: '120',
    max_extension_seconds: '3600',
    ...fields,
  };
}

const read = (fields) => readForm(theForm(fields), { now: NOW, locale: 'en-US' });

describe('the body of a new listing', () => {
  test('a plain lot sends only what was filled in', () => {
    assert.deepEqual(read(), {
      errors: {},
      body: { title: 'Vase', description: 'Blue', category: 'art', currency: 'USD', starting_price: 1000, duration_seconds: 3600 },
    });
  });

  test('every amount is sent in minor units', () => {
    const { body } = read({ reserve_price: '1,234.5', buy_now_price: '0.29', increment: '1' });
    assert.deepEqual([body.reserve_price, body.buy_now_price, body.increment], [123450, 29, 100]);
  });

  test('an end by date replaces the duration', () => {
    const { body, errors } = read({ duration_seconds: 'until', ends_at: '2026-11-22T12:01' });
    assert.deepEqual(errors, {});
    assert.equal(Date.parse(body.ends_at), NOW + 60_000);
    assert.equal('duration_seconds' in body, false);
  });

  test('a soft close is sent when it is not the usual one, whole', () => {
    assert.deepEqual(read({ window_seconds: '0' }).body.soft_close, {
      window_seconds: 0,
      extension_seconds: 120,
      max_extension_seconds: 3600,
    });
    assert.equal('soft_close' in read({ window_seconds: '' }).body, false);
  });
});

describe('what the page itself can refuse', () => {
  test('texts and category must be there, and blanks are not text', () => {
    assert.deepEqual(Object.keys(read({ title: '  ', description: '', category: '' }).errors), ['title', 'description', 'category']);
  });

  test('the starting price must be an amount above zero; the other amounts may be empty', () => {
    assert.ok(read({ starting_price: '' }).errors.starting_price);
    assert.ok(read({ starting_price: '0' }).errors.starting_price);
    assert.deepEqual(read({ starting_price: '0.01' }).errors, {});
    assert.ok(read({ reserve_price: 'lots' }).errors.reserve_price);
  });

  test('an end must be later than now, and later than the opening', () => {
    assert.ok(read({ duration_seconds: 'until', ends_at: '2026-11-22T12:00' }).errors.ends_at);
    assert.deepEqual(read({ duration_seconds: 'until', ends_at: '2026-11-22T12:01' }).errors, {});
    assert.ok(read({ duration_seconds: 'until', ends_at: '' }).errors.ends_at);
    const opening = { duration_seconds: 'until', starts_at: '2026-11-23T12:00' };
    assert.ok(read({ ...opening, ends_at: '2026-11-23T12:00' }).errors.ends_at);
    assert.deepEqual(read({ ...opening, ends_at: '2026-11-23T12:01' }).errors, {});
  });

  test('an auction lasts and waits no longer than 60 days', () => {
    const until = (ends_at, more) => read({ duration_seconds: 'until', ends_at, ...more }).errors;
    assert.deepEqual(until('2027-01-21T12:00'), {});
    assert.ok(until('2027-01-21T12:01').ends_at);
    assert.deepEqual(until('2027-01-21T12:00', { starts_at: '2026-11-22T13:00' }), {});
    assert.deepEqual(read({ starts_at: '2027-01-21T12:00' }).errors, {});
    assert.ok(read({ starts_at: '2027-01-21T12:01' }).errors.starts_at);
  });

  test('a soft close stays within the server’s bounds', () => {
    assert.deepEqual(read({ window_seconds: '3600', extension_seconds: '3600', max_extension_seconds: '86400' }).errors, {});
    assert.deepEqual(Object.keys(read({ window_seconds: '3601', extension_seconds: '3601', max_extension_seconds: '86401' }).errors), [
      'window_seconds',
      'extension_seconds',
      'max_extension_seconds',
    ]);
  });

  test('seconds are whole numbers', () => {
    for (const text of ['-1', '1.5', 'x', '1e3']) assert.ok(read({ extension_seconds: text }).errors.extension_seconds, text);
    assert.deepEqual(read({ extension_seconds: '0' }).errors, {});
  });
});

describe('the server’s complaints', () => {
  const fields = ['title', 'duration_seconds', 'window_seconds', 'ends_at'];

  test('each goes to its field, a member of soft_close to its own, and the rest above the button', () => {
    const errors = [
      { field: 'title', message: 'Too long.' },
      { field: 'soft_close.window_seconds', message: 'Too large.' },
      { field: 'starts', message: 'Odd.' },
      { field: 'title', message: 'Bad character.' },
    ];
    assert.deepEqual(errorsByField(errors, fields), {
      title: 'Too long. Bad character.',
      window_seconds: 'Too large.',
      '': 'starts: Odd.',
    });
  });
});
