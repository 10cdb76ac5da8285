/** JSON as TorchServe's front end prints it: indented by two spaces, without absent values, with a final newline (contract 3.1). */
export function toJson(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

export const JSON_TYPE = 'application/json';
