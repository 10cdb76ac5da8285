import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import unzipper from 'unzipper';
import { runTool } from '../support/tools.ts';

/** What a reader saw of one entry. */
export interface Listed {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

const readers = join(import.meta.dirname, 'readers');

export function toListed(path: string, content: Uint8Array): Listed {
  return { path, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

export async function listWithJava(java: string, archive: string): Promise<Listed[]> {
  return parseLines(await output(java, [join(readers, 'ReadStream.java'), archive]));
}

export async function listWithPython(python: string, archive: string): Promise<Listed[]> {
  return parseLines(await output(python, [join(readers, 'read_archive.py'), archive]));
}

export async function listWithUnzipper(archive: string): Promise<Listed[]> {
  const { files } = await unzipper.Open.buffer(await readFile(archive));
  return Promise.all(files.map(async (file) => toListed(file.path, await file.buffer())));
}

/** Info-ZIP's own test of every entry; throws what it complains about. */
export async function testWithUnzip(unzip: string, archive: string): Promise<string> {
  return output(unzip, ['-t', archive]);
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runTool(program, args);
  if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}: ${stderr}${stdout}`);
  return stdout;
}

function parseLines(text: string): Listed[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => {
      const [size = '', sha256 = '', ...name] = line.split(' ');
      return { path: name.join(' '), size: Number(size), sha256 };
    });
}
