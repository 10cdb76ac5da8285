import type { CommandEntry } from './command.ts';
import { catCommand } from './commands/cat.ts';
import { explainCommand } from './commands/explain.ts';
import { extractCommand } from './commands/extract.ts';
import { inspectCommand } from './commands/inspect.ts';
import { packCommand } from './commands/pack.ts';
import { predictCommand } from './commands/predict.ts';
import { repackCommand } from './commands/repack.ts';
import { serveCommand } from './commands/serve.ts';
import { validateCommand } from './commands/validate.ts';

/** What `mar` can do, in the order of its help. */
export const commands: readonly CommandEntry[] = [
  packCommand,
  inspectCommand,
  validateCommand,
  explainCommand,
  extractCommand,
  catCommand,
  repackCommand,
  predictCommand,
  serveCommand,
];
