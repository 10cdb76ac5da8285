import type { NameRule } from '../../core/paths.ts';
import type { ArchiveRule } from './types.ts';

/** The words about names; `core/paths.ts` decides. */
export const nameRules = {
  'archive/name-absolute': {
    severity: 'error',
    title: 'Names are relative',
    help: 'An absolute name is written outside the target folder by careless tools.',
  },
  'archive/name-parent': {
    severity: 'error',
    title: 'Names do not climb',
    help: 'A name with ".." is written outside the target folder by careless tools ("zip slip").',
  },
  'archive/name-component': {
    severity: 'error',
    title: 'Names have no empty or "." component',
    help: 'Two spellings of one path defeat every comparison of names.',
  },
  'archive/name-backslash': {
    severity: 'error',
    title: 'Names use "/"',
    help: 'A backslash is a folder on Windows and a letter elsewhere.',
  },
  'archive/name-control': {
    severity: 'error',
    title: 'Names have no control character',
    help: 'Control characters drive terminals and cut names short.',
  },
  'archive/name-invisible': {
    severity: 'error',
    title: 'Names show as they are',
    help: 'Invisible and direction-changing characters, tags and odd blanks make a name read as another one, or as none.',
  },
  'archive/name-windows': {
    severity: 'error',
    title: 'Names can be stored on Windows',
    help: 'Device names (also before an ending or blanks, as "aux .txt"), streams, short forms ("MAR-IN~1") and trailing dots or spaces make Windows write somewhere else.',
  },
  'archive/name-length': {
    severity: 'error',
    title: 'Names are of bounded length and depth',
    help: 'Longer names cannot be created on common file systems.',
  },
} as const satisfies Record<NameRule, ArchiveRule>;
