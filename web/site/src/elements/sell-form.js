/**
 * The fields of a lot. Fires `lot-described` (detail `{body}`, ready for `create_listing`) when they can be read.
 *
 *     form.clock = services.clock;
 *     form.showErrors(problem.errors);
 */

import { make, write } from '../dom.js';
import { CATEGORIES } from '../pure/categories.js';
import { localField } from '../pure/clock.js';
import {
  CURRENCIES,
  DEFAULT_DURATION,
  DESCRIPTION_AT_MOST,
  DURATIONS,
  SOFT_CLOSE,
  TITLE_AT_MOST,
  errorsByField,
  readForm,
} from '../pure/sell-form.js';

const HOUR = 3_600_000;

class SellForm extends HTMLElement {
  /** @type {import('../pure/clock.js').ServerClock} set before the form is shown */
  clock = null;
  #form = null;
  #summary = make('p', { id: 'form-error', class: 'field__error', role: 'alert', tabindex: -1 });

  connectedCallback() {
    this.#form ??= this.#build();
    this.#showEnd();
  }

  /** Shows the server's complaints at their fields. @param {{field: string, message: string}[]} errors */
  showErrors(errors) {
    this.#mark(
      errorsByField(
        errors,
        [...this.#form.elements].map((field) => field.name),
      ),
    );
  }

  #build() {
    const form = make(
      'form',
      { id: 'sell-form', class: 'sell-form', novalidate: true, onsubmit: this.#submitted, oninput: this.#edited },
      ...essentials(),
      ...prices(),
      times(),
      advanced(),
      this.#summary,
      make(
        'div',
        { class: 'sell-form__actions' },
        make('button', { id: 'sell-button', class: 'button button--primary' }, 'Preview and list'),
      ),
    );
    this.append(form);
    return form;
  }

  #edited = (event) => {
    if (event.target.name === 'duration_seconds') this.#showEnd();
    if (event.target.getAttribute('aria-invalid') === 'true') this.#complain(event.target.name, '');
  };

  #showEnd() {
    const { ends_at: end, duration_seconds: duration } = this.#form.elements;
    const chosen = duration.value === 'until';
    end.closest('.field').hidden = !chosen;
    end.min = localField(this.clock.now());
    if (chosen && !end.value) end.value = localField(this.clock.now() + 24 * HOUR);
  }

  #submitted = (event) => {
    event.preventDefault();
    const { body, errors } = readForm(Object.fromEntries(new FormData(this.#form)), { now: this.clock.now() });
    this.#mark(errors);
    if (Object.keys(errors).length === 0) this.dispatchEvent(new CustomEvent('lot-described', { detail: { body } }));
  };

  /** Writes every message at its field and goes to the first one. */
  #mark(errors) {
    for (const field of this.#form.elements) if (field.name) this.#complain(field.name, errors[field.name] ?? '');
    write(this.#summary, errors[''] ?? '');
    const first = [...this.#form.elements].find((field) => errors[field.name]);
    first?.closest('details')?.setAttribute('open', '');
    (first ?? (errors[''] ? this.#summary : null))?.focus();
  }

  #complain(name, text) {
    const field = this.#form.elements[name];
    field.setAttribute('aria-invalid', String(text !== ''));
    write(this.#form.querySelector(`#sell-${name}-error`), text);
  }
}

function essentials() {
  return [
    field('title', 'Title', make('input', { maxlength: TITLE_AT_MOST, autocomplete: 'off', placeholder: 'Leica M3, double stroke, 1955' })),
    field(
      'description',
      'Description',
      make('textarea', { rows: 6, maxlength: DESCRIPTION_AT_MOST }),
      'What it is, its condition, what comes with it.',
    ),
    field('category', 'Category', make('select', {}, make('option', { value: '' }, 'Choose…'), ...options(CATEGORIES))),
  ];
}

function prices() {
  return [
    make(
      'div',
      { class: 'field-pair' },
      field('starting_price', 'Starting price', money({ placeholder: '10.00' })),
      field(
        'currency',
        'Currency',
        make('select', {}, ...Object.entries(CURRENCIES).map(([code, name]) => make('option', { value: code }, `${code}, ${name}`))),
      ),
    ),
  ];
}

function times() {
  const lengths = [...Object.entries(DURATIONS), ['until', 'Until a date and time…']];
  return make(
    'div',
    { class: 'field-pair' },
    field(
      'duration_seconds',
      'Runs for',
      make('select', {}, ...lengths.map(([value, text]) => make('option', { value, selected: Number(value) === DEFAULT_DURATION }, text))),
    ),
    field('ends_at', 'Ends', make('input', { type: 'datetime-local' }), 'In your time zone.'),
  );
}

function advanced() {
  return make(
    'details',
    { id: 'sell-advanced', class: 'advanced' },
    make('summary', {}, 'Advanced: reserve, bid steps, opening, late bids'),
    make(
      'div',
      { class: 'field-pair' },
      field('reserve_price', 'Reserve', money(), 'Secret. Below it the lot is not sold.', true),
      field('buy_now_price', 'Buy it now', money(), 'At least 1.3 times the starting price.', true),
    ),
    make(
      'div',
      { class: 'field-pair' },
      field('increment', 'Flat bid step', money(), 'Empty: the step grows with the price.', true),
      field('starts_at', 'Opens', make('input', { type: 'datetime-local' }), 'Empty: at once. In your time zone.', true),
    ),
    make(
      'fieldset',
      { class: 'fieldset' },
      make('legend', {}, 'Late bids move the end'),
      make(
        'p',
        { class: 'field__hint' },
        'A bid in the last seconds leaves others time to answer: the auction stays open for as long again. A window of 0 ends it on the dot.',
      ),
      make(
        'div',
        { class: 'field-triple' },
        field('window_seconds', 'Window, seconds', seconds('window_seconds')),
        field('extension_seconds', 'Time to answer, seconds', seconds('extension_seconds')),
        field('max_extension_seconds', 'In all at most, seconds', seconds('max_extension_seconds')),
      ),
    ),
  );
}

/** A labelled field with its hint and a place for its error. */
function field(name, label, control, hint = '', optional = false) {
  const id = `sell-${name}`;
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(' ');
  for (const [attribute, value] of Object.entries({ id, name, 'aria-describedby': described })) control.setAttribute(attribute, value);
  return make(
    'div',
    { class: 'field' },
    make('label', { for: id }, label, optional && make('span', { class: 'optional' }, ' optional')),
    control,
    hint && make('p', { id: `${id}-hint`, class: 'field__hint' }, hint),
    make('p', { id: `${id}-error`, class: 'field__error' }),
  );
}

function money(attributes = {}) {
  return make('input', { inputmode: 'decimal', autocomplete: 'off', ...attributes });
}

function seconds(name) {
  return make('input', { inputmode: 'numeric', autocomplete: 'off', value: SOFT_CLOSE[name] });
}

function options(names) {
  return Object.entries(names).map(([value, text]) => make('option', { value }, text));
}

customElements.define('sell-form', SellForm);
