import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Python that has the module, or undefined. */
export function findPython(module: string): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', `import ${module}`]).status === 0);
}

/** Runs a script of this folder over many inputs at once; it prints one line of JSON an input, in order. */
export function askPython<T>(python: string, script: string, inputs: readonly Uint8Array[]): T[] {
  const folder = mkdtempSync(join(tmpdir(), 'peer-'));
  try {
    const file = join(folder, 'inputs');
    const lengths = inputs.map(({ length }) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(length);
      return bytes;
    });
    writeFileSync(file, Buffer.concat(inputs.flatMap((input, index) => [lengths[index] ?? Buffer.alloc(4), input])));
    const path = new URL(script, import.meta.url).pathname;
    const output = execFileSync(python, [path, file], { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] });
    return output
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as T);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
