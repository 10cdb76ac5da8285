/** JSON as TorchServe's front end prints it: two spaces, absent values left out, one newline at the end (contract 3.1). */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export const JSON_TYPE = 'application/json';

/** Stands for "no content type": fastify would name one for every body, and an answer carries only what its handler set. */
export const UNTYPED = 'x-untyped';
