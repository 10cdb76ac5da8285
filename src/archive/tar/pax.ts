import { isUtf8 } from 'node:buffer';

/** What PAX records change about a member; all other keys (times, owners, comments) are skipped. */
export interface PaxRecords {
  readonly path?: Buffer;
  readonly size?: number;
  /** Whether there are sparse records (GNU.sparse.*): the member's bytes are not its content. */
  readonly sparse: boolean;
}

/**
 * Parses the body of an extended header (POSIX.1-2001 pax: `length key=value\n`), or describes what is wrong with it.
 */
export function parsePax(body: Buffer): PaxRecords | string {
  const seen = new Map<string, Buffer>();
  for (let at = 0; at < body.length; ) {
    const record = parseRecord(body, at);
    if (typeof record === 'string') return `${record} (record at byte ${at} of the header)`;
    if (seen.has(record.key)) return `the record ${JSON.stringify(record.key)} occurs twice`;
    seen.set(record.key, record.value);
    at = record.end;
  }
  const charset = seen.get('hdrcharset')?.toString('latin1');
  if (charset !== undefined && charset !== 'ISO-IR 10646 2000 UTF-8')
    return `the character set is ${JSON.stringify(charset)}; expected UTF-8`;
  const path = seen.get('path');
  const size = parseSize(seen.get('size'));
  if (size === undefined && seen.has('size')) return 'the size is not a number';
  return {
    sparse: [...seen.keys()].some((key) => key.startsWith('GNU.sparse')),
    ...(path !== undefined && { path }),
    ...(size !== undefined && { size }),
  };
}

function parseRecord(body: Buffer, at: number): { key: string; value: Buffer; end: number } | string {
  const space = body.indexOf(0x20, at);
  const digits = space === -1 ? '' : body.toString('latin1', at, space);
  if (!/^[1-9]\d{0,6}$/.test(digits)) return 'a record does not start with its length';
  const end = at + Number(digits);
  if (end > body.length || end <= space + 1 || body[end - 1] !== 0x0a)
    return `a record of ${digits} bytes does not end with a newline`;
  const equals = body.indexOf(0x3d, space);
  if (equals === -1 || equals >= end - 1) return 'a record has no "="';
  const key = body.subarray(space + 1, equals);
  if (key.length === 0 || key.includes(0) || !isUtf8(key)) return 'a record has an unreadable key';
  return { key: key.toString('utf8'), value: body.subarray(equals + 1, end - 1), end };
}

function parseSize(value: Buffer | undefined): number | undefined {
  const digits = value?.toString('latin1') ?? '';
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}
