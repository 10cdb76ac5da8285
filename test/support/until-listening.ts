import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** The first address that `mar serve --json` prints when it listens. */
export async function untilListening(stdout: Readable): Promise<string> {
  let url = '';
  for await (const line of createInterface({ input: stdout })) {
    url ||= /"(https?:[^"]+)"/.exec(line)?.[1] ?? '';
    if (line === '}') break;
  }
  return url;
}
