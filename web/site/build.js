/**
 * Bundles the site into dist/: `npm run build`.
 *
 * Scripts and styles get a hash of their content in the name, so that a server may let browsers keep them for ever; the pages keep their
 * names and are told the hashed ones. Firestore's SDK ends up in a chunk of its own, because src/data/live.js imports it dynamically.
 */

import { build } from 'esbuild';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SOURCE = path.join(HERE, 'src');
const DIST = path.join(HERE, 'dist');
const PAGES = ['index.html', 'problems.html'];
/** Their licence asks to be handed on with them. */
const FONTS = ['inter', 'newsreader'];

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
const names = await bundle();
for (const page of PAGES) {
  await writeFile(path.join(DIST, page), withHashedNames(await readFile(path.join(SOURCE, page), 'utf8'), names));
}
await cp(path.join(SOURCE, 'favicon.svg'), path.join(DIST, 'favicon.svg'));
for (const font of FONTS) {
  await cp(path.join(HERE, 'node_modules/@fontsource-variable', font, 'LICENSE'), path.join(DIST, 'assets', `${font}-LICENSE.txt`));
}

/** Bundles script and style. @returns {Promise<Map<string, string>>} plain name → hashed path, for the pages */
async function bundle() {
  const { metafile } = await build({
    absWorkingDir: HERE,
    entryPoints: ['src/main.js', 'src/styles/site.css'],
    outdir: 'dist/assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.woff2': 'file' },
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    sourcemap: true,
    legalComments: 'linked',
    metafile: true,
    logLevel: 'info',
  });
  const built = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint);
  return new Map(built.map(([file, output]) => [path.basename(output.entryPoint), path.relative('dist', file)]));
}

/** A page with every `/assets/NAME` replaced by the hashed file of that name. Throws when the page names a file nobody built. */
function withHashedNames(html, names) {
  return html.replace(/\/assets\/([\w.]+)/g, (_, name) => {
    if (!names.has(name)) throw new Error(`a page asks for /assets/${name}, which was not built`);
    return `/${names.get(name)}`;
  });
}
