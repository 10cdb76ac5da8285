import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { describeError, ToolError } from '../../../core/errors.ts';
import type { InputParameter } from '../../protocol/messages.ts';

/** Fields of one form: far more than any model has inputs. Without a bound a small body creates millions of objects. */
const MAX_FORM_FIELDS = 1_000;
/** Bytes of one part's headers. */
const MAX_PART_HEADER_BYTES = 16 * 1024;

/**
 * Request body → parameters of the handler (contract 3.3): one for each form field, otherwise one named "body". As upstream,
 * a multipart type without a boundary is not a form.
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
  const isTyped = findTypedParts(contentType, body);
  let count = 0;
  form.on('file', (name, stream, filename, _encoding, partType) => {
    const index = count++;
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      // TorchServe passes the type of a file only, not of a plain field.
      const typed = filename !== undefined && filename !== '' ? mediaType(partType) : '';
      const value = Buffer.concat(chunks);
      parameters.push({ name: name ?? '', contentType: typed === 'text/plain' && !isTyped(index) ? '' : typed, value });
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

/**
 * Whether the n-th part has a Content-Type: busboy reports "text/plain" for a part without one, and a handler would get text
 * instead of bytes.
 */
function findTypedParts(contentType: string, body: Buffer): (index: number) => boolean {
  let typed: boolean[] | undefined;
  return (index) => {
    typed ??= partHeaders(contentType, body).map((headers) => /^content-type[ \t]*:/im.test(headers));
    return typed[index] ?? true;
  };
}

/** Header blocks of the parts that are fields of a form. */
function partHeaders(contentType: string, body: Buffer): string[] {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(contentType) ?? [];
  const delimiter = `--${quoted ?? plain ?? ''}`;
  const headers: string[] = [];
  let start = body.indexOf(delimiter);
  while (start >= 0) {
    const begin = start + delimiter.length;
    const end = body.indexOf('\r\n\r\n', begin);
    if (end < 0) break;
    const block = body.toString('latin1', begin, Math.min(end, begin + MAX_PART_HEADER_BYTES));
    if (/^content-disposition[ \t]*:[ \t]*form-data/im.test(block)) headers.push(block);
    start = body.indexOf(`\r\n${delimiter}`, end + 2);
    if (start >= 0) start += 2;
  }
  return headers;
}

function createForm(contentType: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // Every part is read as a file: busboy would decode plain fields, which breaks binary ones.
      isPartAFile: () => true,
      limits: { parts: MAX_FORM_FIELDS, headerSize: MAX_PART_HEADER_BYTES },
    });
  } catch (error) {
    // busboy rejects the boundary.
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): ToolError {
  return new ToolError('REQUEST_INVALID', { message: `The form cannot be read: ${describeError(cause)}` }, { cause });
}

function tooManyFields(): ToolError {
  return new ToolError('REQUEST_INVALID', { message: `The form has more than ${MAX_FORM_FIELDS} fields.` });
}
