/** The pictures of the README, made from the built product: `npm run pictures`. The second needs Chromium. */
import { resolve } from 'node:path';
import { drawPlayground } from './docs/playground.js';
import { drawTerminal } from './docs/terminal.js';

const root = resolve(import.meta.dirname, '..');
await drawTerminal(root);
await drawPlayground(root);
