import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Where a server listens, as `mar serve --json` prints it. */
export interface Listening {
  readonly urls: { readonly inference: string };
  readonly grpc?: { readonly inference: string };
}

export async function untilListening(stdout: Readable): Promise<Listening> {
  let text = '';
  for await (const line of createInterface({ input: stdout })) {
    text += line;
    if (line === '}') break;
  }
  return JSON.parse(text);
}
