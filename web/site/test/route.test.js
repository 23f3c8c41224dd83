import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULTS, parseRoute, routeHash, searchQuery } from '../src/pure/route.js';

describe('addresses', () => {
  test('no fragment is the market as it opens', () => {
    for (const hash of ['', '#', '#/']) assert.deepEqual(parseRoute(hash), { page: 'market', filters: { ...DEFAULTS } });
  });

  test('filters travel in the address and back', () => {
    const filters = { q: 'a & b = ü?', category: 'wine', status: 'all', sort: 'price_desc' };
    assert.deepEqual(parseRoute(routeHash({ page: 'market', filters })), { page: 'market', filters });
  });

  test('filters at their defaults leave a clean address', () => {
    assert.equal(routeHash({ page: 'market', filters: { ...DEFAULTS } }), '#/');
  });

  test('filters nobody knows are forgotten', () => {
    assert.deepEqual(parseRoute('#/?category=weapons&sort=toString&status=x').filters, { ...DEFAULTS });
  });

  test('a listing is known by its id, and an id of another alphabet or 65 characters is no page', () => {
    assert.deepEqual(parseRoute('#/listing/aB3_-xYz019'), { page: 'listing', id: 'aB3_-xYz019' });
    assert.equal(parseRoute(`#/listing/${'a'.repeat(64)}`).page, 'listing');
    for (const path of [`#/listing/${'a'.repeat(65)}`, '#/listing/', '#/listing/a b', '#/listing/../sell', '#/nowhere'])
      assert.equal(parseRoute(path).page, 'not_found', path);
  });

  test('selling has its own address', () => {
    assert.deepEqual(parseRoute(routeHash({ page: 'sell' })), { page: 'sell' });
  });
});

describe('the search behind the filters', () => {
  test('what is not filtered is not sent', () => {
    assert.deepEqual(searchQuery({ ...DEFAULTS }), { sort: 'ending_soon', status: 'active' });
    assert.deepEqual(searchQuery({ q: '  vase ', category: 'art', status: 'all', sort: 'newest' }), {
      sort: 'newest',
      q: 'vase',
      category: 'art',
    });
  });

  test('of many words the first eight are looked for, as many as the server takes', () => {
    assert.equal(searchQuery({ ...DEFAULTS, q: 'a b c d  e f g h' }).q, 'a b c d e f g h');
    assert.equal(searchQuery({ ...DEFAULTS, q: 'a b c d e f g h i' }).q, 'a b c d e f g h');
    assert.equal(parseRoute(`#/?q=${'a'.repeat(101)}`).filters.q.length, 100);
  });
});
