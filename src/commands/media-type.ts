import { extname } from 'node:path';

/** Types that handlers distinguish; any other file is sent without a type, as by curl's `-T`. */
const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
};

/** The media type by the ending of the name; empty if unknown. */
export function mediaTypeOf(name: string): string {
  return TYPES[extname(name).toLowerCase()] ?? '';
}
