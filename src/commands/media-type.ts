import { extname } from 'node:path';

/** Types that a handler tells apart; every other file is bytes without a type, as curl's `-T` sends it. */
const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
};

/** The media type that the ending of a name stands for; empty when it stands for none. */
export function mediaTypeOf(name: string): string {
  return TYPES[extname(name).toLowerCase()] ?? '';
}
