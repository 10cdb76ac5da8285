import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../core/package-info.ts';
import { counterpartFile, counterpartNames } from '../model/handler/torchserve-counterpart.ts';

export interface PythonCounterpart {
  /** Name of the member, and the manifest's handler. */
  readonly member: string;
  readonly bytes: Uint8Array;
}

/** The handler that gives TorchServe the answers of our built-in `name`; undefined when there is none. */
export async function targetBothHandler(name: string): Promise<PythonCounterpart | undefined> {
  if (!(counterpartNames as readonly string[]).includes(name)) return undefined;
  const member = counterpartFile(name);
  return { member, bytes: await readFile(join(packageRoot, 'templates', 'onnx-in-torchserve', member)) };
}
