import type { CommandEntry } from '../program/command.ts';
import { catCommand } from './cat.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { extractCommand } from './extract.ts';
import { inspectCommand } from './inspect.ts';
import { packCommand } from './pack.ts';
import { predictCommand } from './predict.ts';
import { repackCommand } from './repack.ts';
import { serveCommand } from './serve.ts';
import { validateCommand } from './validate.ts';

/** The commands of `mar`, in the order of its help. */
export const commands: readonly CommandEntry[] = [
  packCommand,
  inspectCommand,
  validateCommand,
  diffCommand,
  explainCommand,
  extractCommand,
  catCommand,
  repackCommand,
  predictCommand,
  serveCommand,
  doctorCommand,
];
