import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { describeError, ToolError } from '../../../core/errors.ts';
import type { InputParameter } from '../../protocol/messages.ts';

/** Fields of one form. Far more than any model has inputs; without a bound a small body makes millions of objects. */
const MAX_FORM_FIELDS = 1_000;
/** Bytes of one part's headers. */
const MAX_PART_HEADER_BYTES = 16 * 1024;

/**
 * A request's body as the parameters a handler sees (contract 3.3): one a field of a form, otherwise one named "body".
 * A multipart type without a boundary is no form but a body, as upstream has it.
 */
export async function readParameters(contentType: string | undefined, body: Buffer): Promise<InputParameter[]> {
  const type = mediaType(contentType);
  if (type === 'application/x-www-form-urlencoded') return readUrlEncoded(body);
  if (type === 'multipart/form-data' && contentType !== undefined && /;\s*boundary=/i.test(contentType)) {
    return readMultipart(contentType, body);
  }
  return [{ name: 'body', contentType: type, value: body }];
}

/** Without parameters such as charset; empty when there is none. */
function mediaType(contentType: string | undefined): string {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function readUrlEncoded(body: Buffer): InputParameter[] {
  const fields = [...new URLSearchParams(body.toString('utf8'))];
  if (fields.length > MAX_FORM_FIELDS) throw tooManyFields();
  return fields.map(([name, value]) => ({ name, contentType: '', value: Buffer.from(value) }));
}

async function readMultipart(contentType: string, body: Buffer): Promise<InputParameter[]> {
  const parameters: InputParameter[] = [];
  const form = createForm(contentType);
  let problem: unknown;
  form.on('file', (name, stream, filename, _encoding, partType) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      // busboy names a type even where the part has none; upstream passes a plain field without one.
      const typed = filename !== undefined && filename !== '' ? mediaType(partType) : '';
      parameters.push({ name: name ?? '', contentType: typed, value: Buffer.concat(chunks) });
    });
    stream.on('error', (error) => {
      problem ??= error;
    });
  });
  form.on('partsLimit', () => {
    problem ??= tooManyFields();
  });
  try {
    Readable.from([body]).pipe(form);
    await finished(form);
  } catch (error) {
    problem ??= error;
  }
  if (problem instanceof ToolError) throw problem;
  if (problem !== undefined) throw unreadable(problem);
  return parameters;
}

function createForm(contentType: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // Values stay bytes: busboy's own decoding would break binary fields, so every part is taken as a file.
      isPartAFile: () => true,
      limits: { parts: MAX_FORM_FIELDS, headerSize: MAX_PART_HEADER_BYTES },
    });
  } catch (error) {
    // A boundary that it cannot look for.
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): ToolError {
  return new ToolError('REQUEST_INVALID', { message: `The form cannot be read: ${describeError(cause)}` }, { cause });
}

function tooManyFields(): ToolError {
  return new ToolError('REQUEST_INVALID', { message: `The form has more than ${MAX_FORM_FIELDS} fields.` });
}
