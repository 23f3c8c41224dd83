import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newTrace } from '../src/pure/trace.js';

describe('the trace of a call', () => {
  test('its header is that of W3C Trace Context, version 00, and begins with its id', () => {
    const { id, header } = newTrace(1);
    assert.match(header, /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    assert.equal(header.slice(3, 35), id);
  });

  test('each call has ids of its own', () => {
    const headers = Array.from({ length: 100 }, () => newTrace(0).header);
    assert.equal(new Set(headers.map((header) => header.slice(3, 35))).size, 100);
    assert.equal(new Set(headers.map((header) => header.slice(36, 52))).size, 100);
  });

  test('the share decides which ask to be recorded', () => {
    const flags = (share, draw) => newTrace(share, () => draw).header.slice(-2);
    assert.equal(flags(0.05, 0.0499), '01');
    assert.equal(flags(0.05, 0.05), '00');
  });

  test('a share of one asks for all of them, none for none', () => {
    assert.equal(newTrace(1, () => 1 - Number.EPSILON).header.slice(-2), '01');
    assert.equal(newTrace(0, () => 0).header.slice(-2), '00');
  });
});
