import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LARGEST_MINOR, briefMoney, formatMoney, fractionDigits, moneyFault, parseMoney, plainAmount } from '../src/pure/money.js';

const minor = (text, currency = 'USD', locale = 'en-US') => parseMoney(text, currency, locale).minor;
const reason = (text, currency = 'USD', locale = 'en-US') => parseMoney(text, currency, locale).reason;

describe('reading an amount', () => {
  test('decimals become minor units without passing through a float', () => {
    assert.equal(minor('0.29'), 29);
    assert.equal(minor('1.15'), 115);
    assert.equal(minor('9999999999.99'), 999_999_999_999);
  });

  test('missing decimals are zeros, and leading zeros do not matter', () => {
    assert.equal(minor('12'), 1200);
    assert.equal(minor('12.5'), 1250);
    assert.equal(minor('12.'), 1200);
    assert.equal(minor('.5'), 50);
    assert.equal(minor('007.10'), 710);
  });

  test('symbols, codes and spaces around the number are understood', () => {
    assert.equal(minor(' $1,234.50 '), 123450);
    assert.equal(minor('1234.50 usd'), 123450);
    assert.equal(minor('12,50 €', 'EUR', 'de-DE'), 1250);
  });

  test('groups of three are understood in the writing of several countries', () => {
    assert.equal(minor('1,234,567.89'), 123456789);
    assert.equal(minor('1.234.567,89'), 123456789);
    assert.equal(minor('1 234,50', 'EUR', 'fr-FR'), 123450);
    assert.equal(minor('1\u202f234,50', 'EUR', 'fr-FR'), 123450);
    assert.equal(minor("1'234.50", 'EUR', 'de-CH'), 123450);
  });

  test('a lone mark before three digits is what the visitor’s locale makes of it', () => {
    assert.equal(minor('1,500', 'USD', 'en-US'), 150000);
    assert.equal(minor('1.500', 'EUR', 'de-DE'), 150000);
    assert.equal(reason('1.500', 'USD', 'en-US'), 'too_many_decimals');
    assert.equal(reason('1,500', 'EUR', 'de-DE'), 'too_many_decimals');
  });

  test('a lone mark before one or two digits is a decimal mark for everybody', () => {
    assert.equal(minor('12,50', 'USD', 'en-US'), 1250);
    assert.equal(minor('12.50', 'EUR', 'de-DE'), 1250);
    assert.equal(minor('12,5'), 1250);
  });

  test('a currency without decimals takes whole numbers only', () => {
    assert.equal(minor('1,500', 'JPY'), 1500);
    assert.equal(minor('1500', 'JPY'), 1500);
    assert.equal(reason('15.5', 'JPY'), 'too_many_decimals');
  });

  test('the largest amount is taken and one minor unit more is not', () => {
    assert.equal(minor('10000000000.00'), LARGEST_MINOR);
    assert.equal(reason('10000000000.01'), 'too_large');
    assert.equal(reason('9'.repeat(400)), 'too_large');
  });

  test('two decimals are taken and three are not', () => {
    assert.equal(minor('1.99'), 199);
    assert.equal(reason('1.999'), 'too_many_decimals');
    assert.equal(reason('1.9999'), 'too_many_decimals');
  });

  test('what is no amount is refused by its reason', () => {
    assert.equal(reason(''), 'empty');
    assert.equal(reason('   '), 'empty');
    assert.equal(reason('$'), 'empty');
    assert.equal(reason('-5'), 'negative');
    for (const text of ['abc', '1e5', '0x10', 'NaN', 'Infinity', '1,23,4', '1,2345.00', '1.2.3', '1,234,56', '..', '5 dollars', '١٢']) {
      assert.equal(reason(text), 'not_a_number', text);
    }
  });

  test('every reason has a sentence that says what to do', () => {
    for (const fault of ['empty', 'not_a_number', 'too_many_decimals', 'negative', 'too_large']) {
      assert.match(moneyFault(fault, 'USD', 'en-US'), /\d|above zero/);
    }
    assert.match(moneyFault('too_many_decimals', 'JPY', 'en-US'), /whole number/);
  });
});

describe('writing an amount', () => {
  test('it is written as the visitor’s country does', () => {
    assert.equal(formatMoney(123450, 'USD', 'en-US'), '$1,234.50');
    assert.equal(formatMoney(5, 'USD', 'en-US'), '$0.05');
    assert.equal(formatMoney(1500, 'JPY', 'en-US'), '¥1,500');
    assert.equal(formatMoney(123450, 'EUR', 'de-DE').replace(/\s/g, ' '), '1.234,50 €');
  });

  test('the largest amount is written exactly', () => {
    assert.equal(formatMoney(LARGEST_MINOR - 1, 'USD', 'en-US'), '$9,999,999,999.99');
  });

  test('a small button leaves out decimals that are zero and keeps those that are not', () => {
    assert.equal(briefMoney(123400, 'USD', 'en-US'), '$1,234');
    assert.equal(briefMoney(123450, 'USD', 'en-US'), '$1,234.50');
  });

  test('what is filled into a field is read back as the same amount in every locale', () => {
    for (const locale of ['en-US', 'de-DE', 'fr-FR', 'de-CH', 'ar-EG', 'en-IN']) {
      for (const amount of [0, 1, 99, 100, 101, 123456, 150000, LARGEST_MINOR - 1]) {
        assert.equal(minor(plainAmount(amount, 'EUR', locale), 'EUR', locale), amount, `${locale} ${amount}`);
      }
    }
  });

  test('currencies know their decimals', () => {
    assert.deepEqual(['USD', 'EUR', 'JPY'].map(fractionDigits), [2, 2, 0]);
  });
});
