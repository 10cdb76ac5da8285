/**
 * The last step of the build: replaces the three command lines in dist/cli and the worker by bundles of themselves, so that a
 * process reads a few files instead of a few hundred (measured in `npm run bench -- cli`). Everything else of dist stays as tsc
 * wrote it: the library and the types. Without esbuild, an optional package, they stay as they are: the same, but slower to start.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** What starts as a process: the files of a folder of dist, which share their code in a folder beside them. */
const programs = [
  { folder: 'cli', names: ['mar', 'ts-model-archiver', 'ts-workflow-archiver'] },
  { folder: 'serve/worker', names: ['main'] },
];

/** Loaded where they are installed: optional ones, and those that only one kind of work needs and that are large or read files of their own. */
const external = [
  'onnxruntime-node',
  'sharp',
  'esbuild',
  '@huggingface/tokenizers',
  '@fastify/busboy',
  'archiver',
  'unzipper',
  'ora',
];

/** zod brings its messages in fifty languages, half of its code; ours are in English. */
const englishOnly = {
  name: 'english-only',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, '../locales/en.js'),
    }));
  },
};

/** Of a namespace the bundler keeps what is used; of the object `z` all of it, which is twice as much. */
const usedOfZod = {
  name: 'used-of-zod',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/].*\.js$/, namespace: 'file' }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/^import \{ z \} from 'zod';$/m, "import * as z from 'zod';"),
    }));
  },
};

async function loadEsbuild() {
  try {
    return await import('esbuild');
  } catch {
    console.warn('bundle: esbuild is not installed (npm install --include=optional); the commands will start slower.');
    return undefined;
  }
}

async function bundle({ build }, { folder, names }) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => `dist/${folder}/${name}.js`),
    outbase: 'dist',
    outdir: 'dist',
    chunkNames: `${folder}/chunks/[name]-[hash]`,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    allowOverwrite: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    external,
    // Its module form; of the other one a dynamic import loses the names.
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
    plugins: [englishOnly, usedOfZod],
    // Bundled CommonJS packages ask for Node's modules by require().
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
  });
  const written = new Set(outputFiles.map(({ path }) => path));
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  await removeOld(join(dist, folder, 'chunks'), written);
  await writeNotices(join(dist, folder), metafile);
  return outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
}

async function removeOld(folder, written) {
  for (const name of await readdir(folder)) if (!written.has(join(folder, name))) await rm(join(folder, name));
}

/** The licences of the packages whose code is in the bundle go with it. */
async function writeNotices(folder, { inputs }) {
  const names = Object.keys(inputs).flatMap(
    (input) => /(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(input)?.[1] ?? [],
  );
  const texts = await Promise.all([...new Set(names)].sort().map(describePackage));
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), texts.join(`\n${'-'.repeat(72)}\n\n`));
}

async function describePackage(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : await readFile(join(root, folder, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

const esbuild = await loadEsbuild();
if (esbuild) {
  for (const program of programs) {
    const bytes = await bundle(esbuild, program);
    console.log(`bundle: ${program.names.join(', ')} in dist/${program.folder}, ${(bytes / 1e6).toFixed(1)} MB`);
  }
}
