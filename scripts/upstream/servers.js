/** The two servers under test, and a place for each in which the suites' fixed ports and files meet nobody else's. */
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;

/** Where a suite runs: a network and processes of its own. The shell stays, since somebody must reap what servers leave behind. */
const ISOLATED = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
const INSIDE = 'ip link set lo up && "$@"';

/** Why suites cannot run apart from the rest of the machine; undefined if they can. */
export function refuseIsolation() {
  const { status, stderr, error } = spawnSync('unshare', [...ISOLATED, 'sh', '-c', INSIDE, 'sh', 'true'], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `no network of its own (unshare, ip): ${error?.message ?? stderr.trim()}`;
}

/** What each server is by: the programs that the suites find on their PATH. */
export function listServers({ python, torchServePython }) {
  const suites = dirname(python);
  const torchServe = dirname(torchServePython);
  const node = dirname(process.execPath);
  const path = (...folders) => [...folders, join(here, 'bin'), node, process.env.PATH].join(':');
  return {
    real: { PATH: path(suites, torchServe) },
    ours: { PATH: path(join(here, 'shims'), suites), VIRTUAL_ENV: dirname(torchServe) },
  };
}

/** Runs a command beside the server `env` names; the result is its output, and whether it was cut off. */
export function runApart(command, { cwd, env, temporary, wheels, timeoutMs }) {
  const { LOG_LOCATION, METRICS_LOCATION, TS_CONFIG_FILE, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', [...ISOLATED, 'sh', '-c', INSIDE, 'sh', ...command], {
      cwd,
      env: {
        ...inherited,
        ...env,
        // Java asks for TEMP, everyone else for TMPDIR.
        TMPDIR: temporary,
        TEMP: temporary,
        PYTHONPATH: join(here, 'python'),
        PYTHONDONTWRITEBYTECODE: '1',
        // Nothing can be fetched in there.
        PIP_NO_INDEX: '1',
        PIP_FIND_LINKS: wheels,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      resolve({ output: Buffer.concat(output).toString('utf8'), late });
    });
  });
}
