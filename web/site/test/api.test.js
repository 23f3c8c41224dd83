import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Api } from '../src/data/api.js';

const clock = { mark: () => 0, observe() {} };
const nobody = { token: async () => null };

describe('a call to a function', () => {
  let server;
  let base;
  let received;
  /** What the server answers next: status, headers, body. */
  let answer;

  before(async () => {
    server = createServer((request, response) => {
      received.push(request.headers);
      const [status, headers, body] = answer;
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    received = [];
    answer = [200, {}, { listings: [] }];
  });

  const anApi = (traceShare) => new Api({ base, session: nobody, clock, traceShare });
  const problemOf = (promise) => promise.then(assert.fail, (error) => error.problem);

  test('carries a traceparent of its own, recorded as the share says', async () => {
    await anApi(1).getListing('abc');
    await anApi(1).getListing('abc');
    await anApi(0).getListing('abc');
    const headers = received.map(({ traceparent }) => traceparent);
    assert.deepEqual(
      headers.map((header) => header.slice(-3)),
      ['-01', '-01', '-00'],
    );
    assert.equal(new Set(headers.map((header) => header.slice(3, 35))).size, 3);
  });

  test('that fails is known by the id of its answer', async () => {
    answer = [503, { 'X-Request-Id': 'of-the-answer' }, null];
    assert.equal((await problemOf(anApi(1).getListing('abc'))).trace_id, 'of-the-answer');
    answer = [500, { 'X-Request-Id': 'of-the-answer' }, { code: 'internal', status: 500, trace_id: 'of-the-problem' }];
    assert.equal((await problemOf(anApi(1).getListing('abc'))).trace_id, 'of-the-problem');
  });

  test('that fails without a word is known by the id it was sent with', async () => {
    answer = [502, {}, null];
    const problem = await problemOf(anApi(1).getListing('abc'));
    assert.equal(problem.code, 'unavailable');
    assert.equal(problem.trace_id, received[0].traceparent.slice(3, 35));
  });

  test('that reaches nobody has an id too', async () => {
    const api = new Api({ base: 'http://127.0.0.1:1', session: nobody, clock });
    const problem = await problemOf(api.getListing('abc'));
    assert.equal(problem.code, 'network');
    assert.match(problem.trace_id, /^[0-9a-f]{32}$/);
  });
});
