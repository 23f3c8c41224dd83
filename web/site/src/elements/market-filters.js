/**
 * Search box, categories, status and order. Fires `filters-changed` (bubbles, detail: the filters).
 *
 *     element.value = filters;
 */

import { make } from '../dom.js';
import { CATEGORIES } from '../pure/categories.js';
import { QUERY_AT_MOST, SORTS, STATUSES } from '../pure/route.js';

/** Typing is over after this pause. */
const TYPING_PAUSE = 300;

class MarketFilters extends HTMLElement {
  #form = null;
  #timer = 0;

  /** @param {import('../pure/route.js').Filters} filters */
  set value(filters) {
    this.#form ??= this.#build();
    for (const [name, value] of Object.entries(filters)) {
      const field = this.#form.elements[name];
      if (field.value !== value) field.value = value;
    }
  }

  #build() {
    const form = make(
      'form',
      { class: 'filters', role: 'search', 'aria-label': 'Filter the market', onsubmit: this.#submitted, oninput: this.#edited },
      make(
        'div',
        { class: 'filters__row' },
        make(
          'div',
          { class: 'field field--search' },
          make('label', { for: 'filter-q', class: 'visually-hidden' }, 'Search'),
          make('input', {
            id: 'filter-q',
            name: 'q',
            type: 'search',
            placeholder: 'Search the market',
            maxlength: QUERY_AT_MOST,
            autocomplete: 'off',
          }),
        ),
        select('status', 'Status', Object.entries(STATUSES)),
        select('sort', 'Order', Object.entries(SORTS)),
      ),
      make(
        'fieldset',
        { class: 'chips' },
        make('legend', { class: 'visually-hidden' }, 'Category'),
        ...[['', 'Everything'], ...Object.entries(CATEGORIES)].map(([slug, name]) => chip(slug, name)),
      ),
    );
    this.append(form);
    return form;
  }

  #edited = (event) => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), event.target.name === 'q' ? TYPING_PAUSE : 0);
  };

  #submitted = (event) => {
    event.preventDefault();
    clearTimeout(this.#timer);
    this.#tell();
  };

  #tell() {
    const detail = Object.fromEntries(new FormData(this.#form));
    this.dispatchEvent(new CustomEvent('filters-changed', { bubbles: true, detail }));
  }
}

function select(name, label, options) {
  return make(
    'div',
    { class: 'field field--inline' },
    make('label', { for: `filter-${name}` }, label),
    make('select', { id: `filter-${name}`, name }, ...options.map(([value, text]) => make('option', { value }, text))),
  );
}

function chip(slug, name) {
  return make(
    'label',
    { class: 'chip', 'data-category': slug },
    make('input', { type: 'radio', name: 'category', value: slug, checked: slug === '' }),
    make('span', {}, name),
  );
}

customElements.define('market-filters', MarketFilters);
