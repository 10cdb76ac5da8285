import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../core/package-info.ts';
import { twinFile, twinNames } from '../model/handler/torchserve-counterpart.ts';

export interface PythonTwin {
  /** Name of the member, and the manifest's handler. */
  readonly member: string;
  readonly bytes: Uint8Array;
}

/** The handler that gives TorchServe the answers of our built-in `name`; undefined when there is none. */
export async function targetBothHandler(name: string): Promise<PythonTwin | undefined> {
  if (!(twinNames as readonly string[]).includes(name)) return undefined;
  const member = twinFile(name);
  return { member, bytes: await readFile(join(packageRoot, 'templates', 'onnx-in-torchserve', member)) };
}
