import type { CommandEntry } from './command.ts';
import { extractCommand } from './commands/extract.ts';
import { inspectCommand } from './commands/inspect.ts';

/** What `mar` can do, in the order of its help. */
export const commands: readonly CommandEntry[] = [inspectCommand, extractCommand];
