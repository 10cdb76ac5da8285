import { basename } from 'node:path';
import { findLocalPlace, openFacts } from '../../src/model/open-facts.ts';
import { locateTensors } from '../../src/weights/locate-tensors.ts';

/** The bytes of each tensor of a weights file, in hexadecimal. */
export async function bytesOf(path: string): Promise<Record<string, string>> {
  const { facts, close } = await openFacts(await findLocalPlace(path));
  try {
    const { facts: read } = await facts.weights(basename(path));
    if (read === undefined) throw new Error(`${path} has no facts`);
    const located = await locateTensors(facts.tree, basename(path), read);
    const result: Record<string, string> = {};
    for (const [name, source] of located.bytes)
      result[name] = Buffer.from(await source.read(0, source.size)).toString('hex');
    await located.close();
    return result;
  } finally {
    await close();
  }
}
