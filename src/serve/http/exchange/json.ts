/** JSON as TorchServe's front end prints it: two spaces, absent values left out, one newline at the end (contract 3.1). */
export function toJson(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

export const JSON_TYPE = 'application/json';
