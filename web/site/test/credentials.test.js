import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CODES, credentialsFault, isUnreached, NEW_PASSWORD_AT_LEAST, signInFault } from '../src/pure/credentials.js';

const ADDRESS = 'ada@example.com';

describe('what the sign-in service refuses', () => {
  test('every known code becomes sentences that end, without the code itself', () => {
    for (const code of CODES) {
      const { text, field } = signInFault(`auth/${code}`);
      assert.match(text, /^[A-Z].* .*\.$/s, code);
      assert.ok(!text.includes(code), code);
      assert.ok([null, 'email', 'password'].includes(field), code);
    }
  });

  test('says what to do', () => {
    const told = (code) => signInFault(`auth/${code}`).text;
    assert.match(told('wrong-password'), /Check both/);
    assert.match(told('too-many-requests'), /Wait a few minutes/);
    assert.match(told('weak-password'), /Choose a longer one/);
    assert.match(told('email-already-in-use'), /Sign in with it/);
    assert.match(told('popup-blocked'), /Allow pop-up windows/);
    assert.match(told('network-request-failed'), /Check your connection/);
  });

  test('tells nobody whether an address has an account', () => {
    const codes = ['wrong-password', 'user-not-found', 'invalid-credential', 'invalid-login-credentials'];
    assert.equal(new Set(codes.map((code) => signInFault(code).text)).size, 1);
  });

  test('leads to the field where something can be done', () => {
    assert.equal(signInFault('auth/invalid-email').field, 'email');
    assert.equal(signInFault('auth/email-already-in-use').field, 'email');
    assert.equal(signInFault('auth/weak-password').field, 'password');
    assert.equal(signInFault('auth/popup-blocked').field, null);
  });

  test('an unknown code is named, so that one can ask about it', () => {
    assert.match(signInFault('auth/of-tomorrow').text, /“of-tomorrow”/);
    assert.match(signInFault('constructor').text, /“constructor”/);
  });

  test('that nobody was reached is told apart from a refusal', () => {
    assert.ok(isUnreached('auth/network-request-failed'));
    assert.ok(isUnreached('auth/timeout'));
    assert.ok(!isUnreached('auth/user-disabled'));
  });
});

describe('what is typed', () => {
  test('an address has something on both sides of its sign', () => {
    for (const email of [ADDRESS, 'a@b']) assert.equal(credentialsFault('reset', { email }), null, email);
    for (const email of ['', 'ada', '@example.com', 'ada@', 'a da@example.com', 'a@b@c']) {
      assert.equal(credentialsFault('reset', { email })?.field, 'email', email);
    }
  });

  test('a new password has its least length, in characters', () => {
    const fault = (password) => credentialsFault('register', { email: ADDRESS, password });
    assert.equal(fault('x'.repeat(NEW_PASSWORD_AT_LEAST)), null);
    assert.equal(fault('🔨'.repeat(NEW_PASSWORD_AT_LEAST)), null);
    assert.match(fault('x'.repeat(NEW_PASSWORD_AT_LEAST - 1)).text, /at least 8 characters/);
    assert.match(fault('🔨'.repeat(NEW_PASSWORD_AT_LEAST - 1)).text, /at least 8 characters/);
  });

  test('an old password may be as short as it is, but not empty', () => {
    assert.equal(credentialsFault('sign-in', { email: ADDRESS, password: 'x' }), null);
    assert.equal(credentialsFault('sign-in', { email: ADDRESS, password: '' })?.field, 'password');
    assert.equal(credentialsFault('register', { email: ADDRESS, password: '' })?.field, 'password');
  });

  test('the address is spoken of before the password', () => {
    assert.equal(credentialsFault('sign-in', { email: '', password: '' })?.field, 'email');
  });
});
