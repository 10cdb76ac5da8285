import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../src/core/package-info.ts';
import { findTool } from '../support/tools.ts';

interface Missing {
  readonly missing: string;
}

/** The real TorchServe, or why it cannot run here. */
export type Incumbent = { readonly python: string; readonly java: string } | Missing;

/** Installs what is missing; minutes on a bare machine, a second afterwards. */
export function findIncumbent(): Incumbent {
  const java = findTool('java');
  if (java === undefined) return { missing: 'no java (apt-get install openjdk-17-jre-headless)' };
  const found = findTorchServe();
  return 'missing' in found ? found : { ...found, java };
}

/** A Python with TorchServe's package: its worker needs no Java. */
export function findTorchServe(): { readonly python: string } | Missing {
  const given = process.env.TSMA_INTEROP_PYTHON;
  if (given) return { python: given };
  const { stdout, status } = spawnSync('bash', [join(packageRoot, 'test/interop/install.sh')], { encoding: 'utf8' });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  return status === 0 ? { python: line } : { missing: line || 'test/interop/install.sh did not run' };
}

export interface Server {
  /** Of the inference interface, and of the others unless they have addresses of their own. */
  readonly url: string;
  readonly urls: { readonly inference: string; readonly management: string; readonly metrics: string };
  /** Folder of its configuration, logs and key file. */
  readonly home: string;
  /** Of the front end. */
  readonly pid: number;
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** How long a JVM may take to answer its first ping on a busy machine. */
const START_TIMEOUT_MS = 90_000;

export interface StartOptions {
  /** Further lines of config.properties, or others in place of ours. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** Loaded at start. */
  readonly models?: readonly string[];
  /** Whether each interface has a port of its own. */
  readonly separate?: boolean;
  /** Whether it keeps and restores snapshots, as it does when nobody says otherwise. */
  readonly snapshots?: boolean;
}

/** TorchServe over a model store, inference and management on one port, with none of its files outside `folder`. */
export async function startTorchServe(
  python: string,
  modelStore: string,
  folder: string,
  { properties = {}, models = [], separate = false, snapshots = false }: StartOptions = {},
): Promise<Server> {
  const [port, managementPort, metricsPort, grpcA, grpcB] = await freePorts(5);
  const at = (number: number | undefined) => `http://127.0.0.1:${number}`;
  const urls = {
    inference: at(port),
    management: at(separate ? managementPort : port),
    metrics: at(metricsPort),
  };
  const url = urls.inference;
  const home = join(folder, 'torchserve');
  await mkdir(join(home, 'tmp'), { recursive: true });
  const all = {
    inference_address: urls.inference,
    management_address: urls.management,
    metrics_address: urls.metrics,
    grpc_inference_port: grpcA,
    grpc_management_port: grpcB,
    disable_token_authorization: true,
    enable_model_api: true,
    metrics_mode: 'prometheus',
    default_workers_per_model: 1,
    disable_system_metrics: true,
    ...properties,
  };
  const config = join(home, 'config.properties');
  await writeFile(
    config,
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  );
  const logFile = join(home, 'out.log');
  const bin = dirname(python);
  const child = spawn(
    python,
    [
      ...[
        join(bin, 'torchserve'),
        '--start',
        '--foreground',
        ...(snapshots ? [] : ['--ncs']),
        '--model-store',
        modelStore,
        '--ts-config',
        config,
      ],
      ...(models.length > 0 ? ['--models', ...models] : []),
    ],
    {
      cwd: home,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: `${bin}:${process.env.PATH}`,
        TMPDIR: join(home, 'tmp'),
        TEMP: join(home, 'tmp'),
        LOG_LOCATION: join(home, 'logs'),
        METRICS_LOCATION: join(home, 'logs'),
        OMP_NUM_THREADS: '1',
        ORT_DISABLE_TELEMETRY: '1',
      },
    },
  );
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const log = async () => Buffer.concat(output).toString('utf8');
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    // The launcher, the JVM and its workers are one group.
    try {
      process.kill(-(child.pid as number), 'SIGKILL');
    } catch {}
    await gone;
  };
  try {
    await waitFor(url, gone);
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${await log()}`);
  }
  return { url, urls, home, pid: await findJvm(child.pid as number), log, stop };

  async function findJvm(launcher: number): Promise<number> {
    await writeFile(logFile, '');
    const children = await readFile(`/proc/${launcher}/task/${launcher}/children`, 'utf8').catch(() => '');
    return Number(children.trim().split(' ')[0] || launcher);
  }
}

async function waitFor(url: string, gone: Promise<void>): Promise<void> {
  let ended = false;
  void gone.then(() => {
    ended = true;
  });
  for (const start = Date.now(); Date.now() - start < START_TIMEOUT_MS; ) {
    const response = await fetch(`${url}/ping`).catch(() => undefined);
    // With keys a ping without one is 400; models loaded at start are up before it answers anything else.
    if (response !== undefined && response.status < 500) return;
    if (ended) throw new Error('TorchServe ended while it started');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('TorchServe did not answer');
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
