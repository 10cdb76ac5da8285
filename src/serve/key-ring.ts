import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { describeError, systemCode, ToolError } from '../core/errors.ts';
import { toFileError } from '../core/read-file.ts';

/** What a key allows: predictions, management, or generating new keys. */
export type KeyKind = 'inference' | 'management' | 'api';
export type RenewableKind = Exclude<KeyKind, 'api'>;

/** Random bytes of a key: 128 bits, where TorchServe's has 48. */
const KEY_BYTES = 16;
/** TorchServe's pattern (TokenAuthorization.java): any run of white space, and "Bearer" in exactly this case. */
const CREDENTIAL = /^Bearer\s+(\S+)$/;

interface Key {
  readonly text: string;
  /** Milliseconds since the epoch; undefined for never. */
  readonly expires: number | undefined;
}

export interface KeyRing {
  /** Checks an Authorization header. */
  accepts(kind: KeyKind, credential: string | undefined): boolean;
  /** Replaces a key at once, and in the file. */
  renew(kind: RenewableKind): Promise<void>;
  /** Removes a generated file; a supplied one stays. */
  close(): Promise<void>;
}

export interface KeyRingOptions {
  readonly path: string;
  /** The file exists already and holds the keys to use. */
  readonly supplied: boolean;
  /** Lifetime of a generated key. */
  readonly expirationMinutes: number;
  readonly now: () => Date;
}

export async function createKeyRing({ path, supplied, expirationMinutes, now }: KeyRingOptions): Promise<KeyRing> {
  const make = (): Key => ({
    text: randomBytes(KEY_BYTES).toString('base64url'),
    expires: now().getTime() + expirationMinutes * 60_000,
  });
  const keys: Record<KeyKind, Key> = supplied
    ? await readKeys(path)
    : { inference: make(), management: make(), api: { ...make(), expires: undefined } };
  if (!supplied) await writeKeys(path, keys);
  return {
    accepts(kind, credential) {
      const given = CREDENTIAL.exec(credential ?? '')?.[1];
      const { text, expires } = keys[kind];
      // Compared first, so that an expired key and a wrong one take the same time.
      const isEqual = given !== undefined && timingSafeEqual(digest(given), digest(text));
      return isEqual && (expires === undefined || now().getTime() < expires);
    },
    async renew(kind) {
      const renewed = { ...keys, [kind]: make() };
      await writeKeys(path, renewed);
      keys[kind] = renewed[kind];
    },
    close: async () => {
      if (!supplied) await rm(path, { force: true });
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Of a supplied key: 16 random letters and digits have 95 bits. */
const MIN_KEY_LENGTH = 16;
/** Owner and group may read a mounted file; others must not. */
const OTHERS_READ = 0o004;

const keyText = z
  .string()
  .min(MIN_KEY_LENGTH, `a key has at least ${MIN_KEY_LENGTH} characters`)
  .regex(/^[\x21-\x7e]*$/, 'a key is ASCII without white space');
const storedKey = z.object({ key: keyText, 'expiration time': z.iso.datetime().optional() });
/** TorchServe's key_file.json (contract 3.2). */
const keyFileSchema = z.object({ management: storedKey, inference: storedKey, API: storedKey });

async function readKeys(path: string): Promise<Record<KeyKind, Key>> {
  const toKey = ({ key, 'expiration time': time }: z.infer<typeof storedKey>): Key => ({
    text: key,
    expires: time === undefined ? undefined : Date.parse(time),
  });
  const { text, mode } = await readText(path);
  if (process.platform !== 'win32' && (mode & OTHERS_READ) !== 0) {
    const reason = `every user of this machine can read it (mode ${(mode & 0o777).toString(8)}), so chmod 600 it`;
    throw new ToolError('KEY_FILE_INVALID', { path, reason });
  }
  try {
    const { management, inference, API } = keyFileSchema.parse(JSON.parse(text));
    return { management: toKey(management), inference: toKey(inference), api: toKey(API) };
  } catch (error) {
    // Without the cause: JSON.parse quotes the file in its message, and so a key.
    throw new ToolError('KEY_FILE_INVALID', { path, reason: describeFault(error) });
  }
}

function describeFault(error: unknown): string {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  return issue === undefined ? 'it is not JSON' : `${issue.path.join('.') || 'the whole file'}: ${issue.message}`;
}

async function readText(path: string): Promise<{ text: string; mode: number }> {
  try {
    return { text: await readFile(path, 'utf8'), mode: (await stat(path)).mode };
  } catch (cause) {
    throw toFileError(cause, path, 'key file');
  }
}

/** Atomic, mode 0600: written next to the old file and renamed, so that no link is followed. */
async function writeKeys(path: string, { inference, management, api }: Record<KeyKind, Key>): Promise<void> {
  const store = ({ text, expires }: Key) => ({
    key: text,
    ...(expires === undefined ? {} : { 'expiration time': new Date(expires).toISOString() }),
  });
  const content = { management: store(management), inference: store(inference), API: store(api) };
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new ToolError('FILE_UNWRITABLE', { path, reason: systemCode(cause) ?? describeError(cause) }, { cause });
  }
}
