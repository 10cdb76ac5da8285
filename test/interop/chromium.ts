/** A headless Chromium driven through its own protocol over two pipes (--remote-debugging-pipe): messages of JSON ended by NUL. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Undefined where there is none. */
export const chromium: string | undefined = names.find((name) => spawnSync(name, ['--version']).status === 0);

export interface Page {
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** The value of an expression in the page, awaited; throws what it throws. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until an expression is true. */
  until(expression: string): Promise<void>;
  /** Drops a file of this machine at a point of the page, as a mouse would. */
  drop(path: string, x: number, y: number): Promise<void>;
  screenshot(): Promise<Buffer>;
  /** Console errors, refused loads, exceptions: a page that is well has none. */
  readonly problems: string[];
  /** Every address the page asked for. */
  readonly requests: string[];
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, never>;
  readonly result?: Record<string, unknown>;
  readonly error?: { message: string };
}

export async function openPage(
  url: string,
  width: number,
  height: number,
  more: readonly string[] = [],
): Promise<Page> {
  const profile = await mkdtemp(join(tmpdir(), 'tsma-chromium-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
  ];
  const child = spawn(
    chromium as string,
    [...flags, ...more, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  const connection = connect(child);
  const { targetInfos } = (await connection.send('Target.getTargets')) as {
    targetInfos: { targetId: string; type: string }[];
  };
  const target = targetInfos.find(({ type }) => type === 'page')?.targetId;
  const { sessionId } = await connection.send('Target.attachToTarget', { targetId: target, flatten: true });
  const send = (method: string, params = {}) => connection.send(method, params, sessionId as string);
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);
  await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  await send('Page.navigate', { url });
  const page = createPage(send, connection);
  return {
    ...page,
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await connection.send('Browser.close').catch(() => child.kill('SIGKILL'));
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Send = (method: string, params?: object) => Promise<Record<string, unknown>>;

function createPage(send: Send, { problems, requests }: Connection): Omit<Page, 'close'> {
  const evaluate = async <T>(expression: string): Promise<T> => {
    const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = answer as {
      result: { value: T };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    send,
    evaluate,
    problems,
    requests,
    async until(expression) {
      // While the page is being replaced there is nothing to evaluate in.
      while (!(await evaluate<boolean>(`Boolean(${expression})`).catch(() => false)))
        await new Promise((resolve) => setTimeout(resolve, 30));
    },
    async drop(path, x, y) {
      const data = { items: [], files: [path], dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop']) await send('Input.dispatchDragEvent', { type, x, y, data });
    },
    async screenshot() {
      const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
      return Buffer.from(data as string, 'base64');
    },
  };
}

interface Connection {
  send(method: string, params?: object, sessionId?: string): Promise<Record<string, unknown>>;
  readonly problems: string[];
  readonly requests: string[];
}

function connect(child: ChildProcess): Connection {
  // The two extra pipes of the spawn above.
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, { resolve(value: Record<string, unknown>): void; reject(error: Error): void }>();
  const problems: string[] = [];
  const requests: string[] = [];
  let last = 0;
  let rest = '';
  output.setEncoding('utf8');
  output.on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop() as string;
    for (const text of messages) take(JSON.parse(text));
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium ended'));
  });
  const take = ({ id, method, params, result, error }: Message) => {
    if (method === 'Network.requestWillBeSent')
      requests.push((params as unknown as { request: { url: string } }).request.url);
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') problems.push(JSON.stringify(params));
    const call = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || call === undefined) return;
    waiting.delete(id);
    if (error) call.reject(new Error(error.message));
    else call.resolve(result ?? {});
  };
  return {
    problems,
    requests,
    send: (method, params = {}, sessionId = undefined) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        input.write(
          `${JSON.stringify({ id: last, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
        );
      }),
  };
}
