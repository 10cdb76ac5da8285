import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { z } from 'zod';

export interface PythonSearch {
  /** --python: a program, or the folder of a virtual environment; undefined if not set. */
  readonly chosen: string | undefined;
  /** The manifest's: `python3` asks for that program (contract 5.1). */
  readonly runtime: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory of the probe: a folder without Python files, since Python imports from there first. */
  readonly cwd: string;
}

/** A Python that can run TorchServe's worker. */
export interface PythonEnvironment {
  readonly executable: string;
  readonly version: string;
  /** Folder of the package `ts`. */
  readonly torchServe: string;
}

/** `reason` ends a sentence: what is missing, and the command that installs it. */
export type PythonProbe =
  | { readonly kind: 'found'; readonly environment: PythonEnvironment }
  | { readonly kind: 'lacking'; readonly reason: string };

/** Import name → package, for all that TorchServe's worker imports before it loads a model. */
const WORKER_MODULES: Readonly<Record<string, string>> = {
  ts: 'torchserve',
  torch: 'torch',
  numpy: 'numpy',
  yaml: 'pyyaml',
  psutil: 'psutil',
  PIL: 'pillow',
  packaging: 'packaging',
};

/** Finding modules imports none: a Python that takes longer hangs. */
const PROBE_TIMEOUT_MS = 20_000;

/** Finds modules without importing them: importing torch takes seconds. */
const PROBE = `
import importlib.util, json, platform, sys
find = importlib.util.find_spec
ts = find('ts')
folders = list(ts.submodule_search_locations or []) if ts else []
print(json.dumps({
    'version': platform.python_version(),
    'missing': [name for name in sys.argv[1:] if find(name) is None],
    'ts': folders[0] if folders else None,
}))
`;

const probeSchema = z.object({
  version: z.string(),
  missing: z.array(z.string()),
  ts: z.string().nullable(),
});

/** Finds a Python and checks its modules. `needs` maps further modules that the model imports to their packages. */
export async function findPython(
  search: PythonSearch,
  needs: Readonly<Record<string, string>> = {},
): Promise<PythonProbe> {
  const candidates = listCandidates(search);
  const executable = candidates.find((candidate) => locateProgram(candidate, search.env) !== undefined);
  if (executable === undefined) {
    const looked = candidates.join(', ');
    return lacking(
      `no Python was found (looked for ${looked}): install Python 3 with torch and torchserve, and name it with --python`,
    );
  }
  const modules = { ...WORKER_MODULES, ...needs };
  const answer = await probe(executable, Object.keys(modules), search);
  if (typeof answer === 'string') return lacking(`${executable} does not run: ${answer}; name another with --python`);
  const { version, missing, ts } = answer;
  if (missing.length > 0 || ts === null) {
    const packages = missing.map((name) => modules[name] ?? name).join(' ');
    const reason = `Python ${version} (${executable}) lacks ${missing.join(', ')}: type "${executable} -m pip install ${packages}", or name another Python with --python`;
    return lacking(reason);
  }
  if (!existsSync(join(ts, 'model_service_worker.py')))
    return lacking(`the package ts in ${ts} is not TorchServe: name another Python with --python`);
  return { kind: 'found', environment: { executable, version, torchServe: ts } };
}

function lacking(reason: string): PythonProbe {
  return { kind: 'lacking', reason };
}

/** The user's choice alone; else the active virtual environment, then `python3` and `python`. */
function listCandidates({ chosen, runtime, env }: PythonSearch): readonly string[] {
  if (chosen !== undefined) return [isFolder(chosen) ? programOf(chosen) : chosen];
  const active = env.VIRTUAL_ENV ? [programOf(env.VIRTUAL_ENV)] : [];
  const names = runtime === 'python' ? ['python', 'python3'] : ['python3', 'python'];
  return [...active, ...names];
}

function programOf(virtualEnvironment: string): string {
  return process.platform === 'win32'
    ? join(virtualEnvironment, 'Scripts', 'python.exe')
    : join(virtualEnvironment, 'bin', 'python');
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function locateProgram(name: string, env: PythonSearch['env']): string | undefined {
  if (isAbsolute(name) || /[\\/]/.test(name)) return existsSync(name) ? name : undefined;
  const endings = process.platform === 'win32' ? ['.exe', ''] : [''];
  return (env.PATH ?? env.Path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find((path) => existsSync(path));
}

/** The probe's answer, or why there is none. */
function probe(
  executable: string,
  modules: readonly string[],
  { env, cwd }: PythonSearch,
): Promise<z.infer<typeof probeSchema> | string> {
  return new Promise((resolve) => {
    const child = spawn(executable, ['-c', PROBE, ...modules], {
      cwd,
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PROBE_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (text) => (output[name] += text));
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      const parsed = code === 0 ? parseAnswer(output.stdout) : undefined;
      const lastLine = output.stderr.trim().split('\n').at(-1);
      resolve(parsed ?? (lastLine || `it ended with ${signal ?? `code ${code}`}`));
    });
  });
}

/** Reads the last line: site packages may print before it. */
function parseAnswer(stdout: string): z.infer<typeof probeSchema> | undefined {
  try {
    return probeSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  } catch {
    return undefined;
  }
}
