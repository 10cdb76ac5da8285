/** JSON as TorchServe's front end prints it: two spaces, absent values left out, one newline at the end (contract 3.1). */
export function toJson(value: unknown): Buffer {
  // Bytes, not text: to text of this type fastify would add a charset.
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

export const JSON_TYPE = 'application/json';

/** Stands for "no content type": fastify would name one for every body, and an answer carries only what its handler set. */
export const UNTYPED = 'application/x-untyped';
