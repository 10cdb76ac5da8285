import type { NameRule } from '../../core/paths.ts';
import type { ArchiveRule } from './types.ts';

/** The texts of the rules about names; `core/paths.ts` checks them. */
export const nameRules = {
  'archive/name-absolute': {
    severity: 'error',
    title: 'Names are relative',
    help: 'Careless tools write an absolute name outside the target folder.',
  },
  'archive/name-parent': {
    severity: 'error',
    title: 'Names do not lead out of the archive',
    help: 'Careless tools write a name with ".." outside the target folder ("zip slip").',
  },
  'archive/name-component': {
    severity: 'error',
    title: 'Names have no empty or "." component',
    help: 'Two spellings of one path defeat every comparison of names.',
  },
  'archive/name-backslash': {
    severity: 'error',
    title: 'Names use "/"',
    help: 'A backslash separates folders on Windows and is an ordinary character elsewhere.',
  },
  'archive/name-control': {
    severity: 'error',
    title: 'Names have no control character',
    help: 'Control characters can control a terminal and truncate names.',
  },
  'archive/name-invisible': {
    severity: 'error',
    title: 'Names are displayed as they are',
    help: 'Invisible and direction-changing characters, tags and unusual blanks make a name look like another one, or like none.',
  },
  'archive/name-windows': {
    severity: 'error',
    title: 'Names can be stored on Windows',
    help: 'Device names (also before an ending or blanks, as "aux .txt"), streams, short forms ("MAR-IN~1") and trailing dots or spaces make Windows write somewhere else.',
  },
  'archive/name-length': {
    severity: 'error',
    title: 'Names have a limited length and depth',
    help: 'Longer names cannot be created on common file systems.',
  },
} as const satisfies Record<NameRule, ArchiveRule>;
