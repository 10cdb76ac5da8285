import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join, resolve } from 'node:path';
import { recorded } from './store.ts';

export interface Exchange {
  readonly seq: number;
  readonly name: string;
  readonly note?: string;
  readonly request: {
    readonly port: 'inference' | 'management' | 'metrics';
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly text?: string;
    readonly base64?: string;
    readonly file?: string;
    /** [byte, count] */
    readonly repeat?: readonly [number, number];
  };
  readonly response: Answer;
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

interface Stored extends Omit<Exchange, 'response'> {
  readonly response: Omit<Answer, 'body'> & { readonly body?: string; readonly bodyOf?: string };
}

export async function readGroup(group: string): Promise<Exchange[]> {
  const lines = (await readFile(join(recorded, 'golden', `${group}.jsonl`), 'utf8')).trim().split('\n');
  const exchanges = lines.map((line) => JSON.parse(line) as Stored);
  return Promise.all(
    exchanges.map(async ({ response, ...rest }) => ({
      ...rest,
      response: { ...response, body: response.body ?? (await bodyOf(response.bodyOf ?? '')) },
    })),
  );
}

async function bodyOf(reference: string): Promise<string> {
  const [group = '', name] = reference.split('/');
  const found = (await readGroup(group)).find((exchange) => exchange.name === name);
  if (found === undefined) throw new Error(`No recorded exchange ${reference}`);
  return found.response.body;
}

/** Sends the recorded request and nothing else: no header is added that the recording did not have. */
export async function send(
  url: string,
  { method, path, headers, ...body }: Exchange['request'],
  fill: (text: string) => string,
): Promise<Answer> {
  const bytes = await readBody(body);
  const { hostname, port } = new URL(url);
  const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
  const length = bytes === undefined ? {} : { 'Content-Length': String(bytes.length) };
  return new Promise((resolve, reject) => {
    const call = httpRequest(
      { hostname, port, method, path: fill(path), headers: { ...filled, ...length, Connection: 'keep-alive' } },
      (response) => collect(response).then(resolve, reject),
    );
    call.on('error', reject);
    call.end(bytes);
  });
}

async function readBody({ text, base64, file, repeat }: Partial<Exchange['request']>): Promise<Buffer | undefined> {
  if (text !== undefined) return Buffer.from(text);
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  if (repeat !== undefined) return Buffer.alloc(repeat[1], repeat[0]);
  if (file === undefined) return undefined;
  const folder = file === 'kitten.jpg' ? join(recorded, '../../../../shared/data') : join(recorded, 'golden');
  return readFile(resolve(folder, file));
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const raw = response.rawHeaders;
  const headers = raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as const] : []));
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Masks what differs from run to run; the rest of the text must be equal to the byte. */
export function normalise({ status, reason, headers, body }: Answer): Omit<Answer, 'headers'> & { headers: string[] } {
  return {
    status,
    reason,
    body: body.startsWith('# HELP') ? normaliseMetrics(body) : maskBody(body),
    headers: headers.flatMap(([name, value]) => maskHeader(name.toLowerCase(), value)).sort(),
  };
}

/** Node states the date and how long a connection is kept; lengths are judged with the bodies. */
const UNCOMPARED = ['date', 'keep-alive', 'content-length', 'transfer-encoding'];

function maskHeader(name: string, value: string): string[] {
  if (UNCOMPARED.includes(name)) return [];
  return [`${name}: ${name === 'x-request-id' ? value.replace(/^[0-9a-f-]{36}$/, '(id)') : value}`];
}

function maskBody(body: string): string {
  return body
    .replace(/"startTime": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g, '"startTime": "(time)"')
    .replace(/"id": "9\d{3}"/g, '"id": "(worker)"')
    .replace(/"(pid|memoryUsage)": \d+/g, '"$1": (number)')
    .replace(/"runtime": "(python|nodejs)"/g, '"runtime": "(runtime)"');
}

/** Families in order of name (upstream prints them in the order of a hash), each with its label names; series and values vary. */
function normaliseMetrics(text: string): string {
  const families = text.split(/^(?=# HELP )/m).map((family) => {
    const [help = '', type = '', first = ''] = family.split('\n');
    return `${help}\n${type}\n${first.replace(/="[^"]*"/g, '=""').replace(/ \S+$/, ' (value)')}`;
  });
  return families.sort().join('\n');
}

/** The same answer up to the last digits of probabilities: the same labels in the same order, each within 1e-3 of the other. */
export function isClose(a: string, b: string): boolean {
  const number = /-?\d+\.\d{5,}(e-?\d+)?/g;
  const [left, right] = [a.match(number) ?? [], b.match(number) ?? []];
  return (
    left.length > 0 &&
    a.replace(number, '#') === b.replace(number, '#') &&
    left.every((text, i) => Math.abs(Number(text) / Number(right[i]) - 1) < 1e-3)
  );
}
