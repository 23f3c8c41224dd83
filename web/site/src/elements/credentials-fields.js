/** The fields of signing in, named so that browsers and password managers know them. */

import { make, write } from '../dom.js';

/** @param {string} email to begin with */
export function emailField(email) {
  const input = make('input', {
    id: 'sign-in-email',
    name: 'email',
    type: 'email',
    value: email,
    required: true,
    maxlength: 190,
    autocomplete: 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
    'aria-describedby': 'sign-in-error',
  });
  return make('div', { class: 'field' }, make('label', { for: input.id }, 'E-mail address'), input);
}

/** A password, which can be shown. @param {{isNew?: boolean, atLeast?: number}} rule of one that is chosen here */
export function passwordField({ isNew = false, atLeast = 0 } = {}) {
  const input = make('input', {
    id: 'sign-in-password',
    name: 'password',
    type: 'password',
    required: true,
    minlength: isNew && atLeast,
    autocomplete: isNew ? 'new-password' : 'current-password',
    'aria-describedby': isNew ? 'sign-in-password-hint sign-in-error' : 'sign-in-error',
  });
  return make(
    'div',
    { class: 'field' },
    make('label', { for: input.id }, 'Password'),
    make('div', { class: 'password-field' }, input, reveal(input)),
    isNew && make('p', { id: 'sign-in-password-hint', class: 'field__hint' }, `At least ${atLeast} characters; four words do well.`),
  );
}

export function nameField() {
  const input = make('input', {
    id: 'sign-in-name',
    name: 'name',
    maxlength: 80,
    autocomplete: 'name',
    'aria-describedby': 'sign-in-name-hint',
  });
  return make(
    'div',
    { class: 'field' },
    make('label', { for: input.id }, 'Your name ', make('span', { class: 'optional' }, 'optional')),
    input,
    make('p', { id: 'sign-in-name-hint', class: 'field__hint' }, 'Other bidders never see it.'),
  );
}

function reveal(input) {
  const button = make(
    'button',
    { id: 'show-password', type: 'button', class: 'button button--quiet', 'aria-controls': input.id, 'aria-label': 'Show the password' },
    'Show',
  );
  button.addEventListener('click', () => {
    const isShown = input.type === 'text';
    input.type = isShown ? 'password' : 'text';
    write(button, isShown ? 'Show' : 'Hide');
    button.setAttribute('aria-label', isShown ? 'Show the password' : 'Hide the password');
  });
  return button;
}
