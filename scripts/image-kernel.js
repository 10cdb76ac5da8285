// Assembles src/handlers/image/kernel.wat into kernel-module.ts; with --check it writes nothing and fails on a difference.
import { readFile, writeFile } from 'node:fs/promises';
import openWabt from 'wabt';

const text = new URL('../src/handlers/image/kernel.wat', import.meta.url);
const module = new URL('../src/handlers/image/kernel-module.ts', import.meta.url);

/** Characters of a line of the formatter. */
const WIDTH = 110;

async function assemble() {
  const wabt = await openWabt();
  const parsed = wabt.parseWat('kernel.wat', await readFile(text, 'utf8'), { simd: true });
  try {
    parsed.resolveNames();
    parsed.validate({ simd: true });
    return Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  } finally {
    parsed.destroy();
  }
}

function format(base64) {
  const lines = base64.match(new RegExp(`.{1,${WIDTH}}`, 'g')) ?? [];
  return `/** kernel.wat, assembled by scripts/image-kernel.js (\`npm run image-kernel\`). */
export const KERNEL_MODULE = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}

const wanted = format(await assemble());
if (!process.argv.includes('--check')) {
  await writeFile(module, wanted);
} else if ((await readFile(module, 'utf8')) !== wanted) {
  console.error('kernel-module.ts is not what kernel.wat says\nRun: npm run image-kernel');
  process.exitCode = 1;
}
