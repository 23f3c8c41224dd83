import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ServerClock,
  clockText,
  countdown,
  durationText,
  instantOfField,
  localField,
  momentText,
  parseTime,
  timeOfDay,
} from '../src/pure/clock.js';

const NOON = '2026-11-22T12:00:00.000000Z';

describe('the server’s clock', () => {
  test('it is the server’s time plus what has passed since, whatever the local calendar says', () => {
    let counter = 1000;
    const clock = new ServerClock(() => counter);
    clock.observe({ serverTime: NOON, sentAt: 1000, receivedAt: 1000 });
    counter = 4000;
    assert.equal(clock.now(), parseTime(NOON) + 3000);
  });

  test('half of the round trip is taken to have passed since the server looked', () => {
    const clock = new ServerClock(() => 200);
    clock.observe({ serverTime: NOON, sentAt: 0, receivedAt: 200 });
    assert.equal(clock.now(), parseTime(NOON) + 100);
  });

  test('a slower answer that agrees does not replace a quicker one, and a quicker one does', () => {
    const clock = new ServerClock(() => 0);
    clock.observe({ serverTime: NOON, sentAt: 0, receivedAt: 20 });
    const first = clock.now();
    clock.observe({ serverTime: NOON, sentAt: 0, receivedAt: 400 });
    assert.equal(clock.now(), first);
    clock.observe({ serverTime: NOON, sentAt: 0, receivedAt: 10 });
    assert.equal(clock.now(), parseTime(NOON) - 5);
  });

  test('an answer that contradicts the kept one replaces it, however slow: the machine has slept', () => {
    const clock = new ServerClock(() => 1000);
    clock.observe({ serverTime: NOON, sentAt: 0, receivedAt: 20 });
    clock.observe({ serverTime: '2026-11-22T13:00:00.000000Z', sentAt: 600, receivedAt: 1000 });
    assert.equal(clock.now(), parseTime('2026-11-22T13:00:00.000Z') + 200);
  });

  test('before the first answer it admits that it knows nothing, and a broken time teaches it nothing', () => {
    const clock = new ServerClock(() => 0);
    clock.observe({ serverTime: 'soon', sentAt: 0, receivedAt: 0 });
    assert.equal(clock.known, false);
  });
});

describe('what is left', () => {
  const cases = [
    [-1, '0:00', 'over'],
    [0, '0:00', 'over'],
    [1, '0:01', 'urgent'],
    [1000, '0:01', 'urgent'],
    [1001, '0:02', 'urgent'],
    [60_000, '1:00', 'urgent'],
    [60_001, '1:01', 'soon'],
    [3_599_000, '59:59', 'soon'],
    [3_600_000, '1h 00m', 'soon'],
    [3_600_001, '1h 00m', 'calm'],
    [86_399_000, '23h 59m', 'calm'],
    [86_400_000, '1d 0h', 'calm'],
    [10 * 86_400_000 + 3_600_000, '10d 1h', 'calm'],
  ];
  for (const [milliseconds, text, level] of cases) {
    test(`${milliseconds} ms is shown as ${text} and is ${level}`, () => assert.deepEqual(countdown(milliseconds), { text, level }));
  }
});

describe('times in words', () => {
  test('microseconds are cut to milliseconds, as Firestore does', () => {
    assert.equal(parseTime('2026-11-22T10:00:00.123999Z'), parseTime('2026-11-22T10:00:00.123Z'));
  });

  test('an extension is told as on a clock', () => {
    assert.deepEqual([120_000, 5000, 3_900_000].map(clockText), ['2:00', '0:05', '1:05:00']);
  });

  test('a length of time has at most two units', () => {
    assert.deepEqual([1, 60, 90, 5400, 604800, 90061, 0].map(durationText), [
      '1 second',
      '1 minute',
      '1 minute 30 seconds',
      '1 hour 30 minutes',
      '7 days',
      '1 day 1 hour',
      '0 seconds',
    ]);
  });

  test('a moment is shown in the visitor’s zone and names it', () => {
    const text = momentText(parseTime(NOON), { locale: 'en-GB', timeZone: 'Asia/Tokyo' });
    assert.match(text, /Sun/);
    assert.match(text, /21:00/);
    assert.match(text, /GMT\+9|JST/);
  });

  test('the year is shown only when it is another', () => {
    const at = parseTime('2027-01-02T12:00:00Z');
    assert.match(momentText(at, { locale: 'en-GB', timeZone: 'UTC', now: parseTime(NOON) }), /2027/);
    assert.doesNotMatch(momentText(at, { locale: 'en-GB', timeZone: 'UTC', now: at }), /2027/);
  });

  test('the time of day has seconds', () => {
    assert.equal(timeOfDay(parseTime('2026-11-22T10:00:05Z'), { locale: 'en-GB', timeZone: 'UTC' }), '10:00:05');
  });

  test('a date field means the visitor’s zone, and what it shows is what it was given', () => {
    const at = new Date(2026, 10, 22, 18, 30).getTime();
    assert.equal(localField(at), '2026-11-22T18:30');
    assert.equal(Date.parse(instantOfField('2026-11-22T18:30')), at);
  });

  test('a date field left empty or broken means no moment', () => {
    assert.deepEqual(['', 'tomorrow', '2026-99-99T00:00'].map(instantOfField), [null, null, null]);
  });
});
