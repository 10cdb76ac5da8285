import { isUtf8 } from 'node:buffer';
import { type ByteSource, toBuffer } from '../core/byte-source.ts';
import { detectProtobuf } from './detect-protobuf.ts';
import type { ZipFormat } from './named-zip/find-zip-format.ts';
import { HIGHEST_PROTOCOL } from './pickle/opcodes.ts';
import { mayBePickle } from './pickle/stream.ts';
import type { NamedFormat } from './reading/named.ts';
import { type Container, findContainer, findMarked, isPacked, type Packed } from './scan/container.ts';

/** What the first bytes of a file show. */
export type Detected =
  | { readonly kind: 'onnx' | 'safetensors' | 'zip' | 'torch-legacy' | 'pickle' | 'npy' | 'empty' }
  /** Formats of other tools, which are named and described. */
  | { readonly kind: Exclude<NamedFormat, ZipFormat | 'nemo'> }
  /** Readable text, which a pickle of protocol 0 is as well; `name` in words. */
  | { readonly kind: 'text'; readonly name: string; readonly hint?: string }
  /** Weights or a container of them that no reader here understands. */
  | { readonly kind: 'unread'; readonly name: string }
  | { readonly kind: 'unsupported'; readonly name: string; readonly hint: string }
  /** One file in a stream. zlib and LZMA have no mark: other bytes begin like them too. */
  | { readonly kind: 'packed'; readonly packing: Packed }
  | { readonly kind: 'unknown' };

/** Enough for every magic below, a tar's at offset 257 included, and to tell text from data. */
const HEAD_BYTES = 4096;

export async function detect(source: ByteSource, name: string): Promise<Detected> {
  if (source.size === 0) return { kind: 'empty' };
  const head = toBuffer(await source.read(0, Math.min(source.size, HEAD_BYTES)));
  return (
    detectContainer(head) ??
    detectMagic(head) ??
    detectSafetensors(head) ??
    detectPickle(head) ??
    detectText(head) ??
    (await detectUnmarked(source, head, name))
  );
}

interface Magic {
  readonly at?: number;
  readonly hex: string;
  /** What the bytes behind it must be. */
  readonly behind?: RegExp;
  readonly found: Detected;
}

/** Containers that are refused by their name. */
const refusedNames: Partial<Record<Container, string>> = { '7z': '7z archive', rar: 'rar archive', zstd: 'zstd file' };

function detectContainer(head: Buffer): Detected | undefined {
  const container = findMarked(head);
  if (container === 'zip' || container === 'npy') return { kind: container };
  if (container !== undefined && isPacked(container)) return { kind: 'packed', packing: container };
  const name = container && refusedNames[container];
  return name === undefined ? undefined : { kind: 'unsupported', name, hint: 'Unpack it and use the file it holds.' };
}

const magics: readonly Magic[] = [
  {
    at: 257,
    hex: '7573746172',
    found: {
      kind: 'unsupported',
      name: 'tar archive',
      hint: 'If it is a checkpoint of torch 0.1 (storages, tensors, pickle), load it with a version before 2.0 and save it again; otherwise unpack it.',
    },
  },
  // `{` and the key "learner" behind its length, and the form before it.
  { hex: '7b4c00000000000000076c6561726e6572', found: { kind: 'xgboost' } },
  { hex: '62696e66', found: { kind: 'xgboost' } },
  { hex: '47475546', found: { kind: 'gguf' } },
  // Behind a block of the user's own as well; a longer one is not looked behind.
  ...[0, 512, 1024, 2048].map((at) => ({ at, hex: '894844460d0a1a0a', found: { kind: 'hdf5' } as const })),
  { at: 4, hex: '54464c33', found: { kind: 'tflite' } },
  // ET00 to ET99: the digits count versions.
  { at: 4, hex: '4554', behind: /^\d\d/, found: { kind: 'executorch' } },
  { at: 4, hex: '4f52544d', found: { kind: 'unread', name: 'ORT' } },
  { hex: '7f454c46', found: { kind: 'unread', name: 'ELF library' } },
];

const magicBytes = magics.map((magic) => ({ ...magic, bytes: Buffer.from(magic.hex, 'hex') }));

function detectMagic(head: Buffer): Detected | undefined {
  return magicBytes.find(({ at = 0, bytes, behind }) => {
    if (head[at] !== bytes[0]) return false;
    const end = at + bytes.length;
    return (
      head.subarray(at, end).equals(bytes) &&
      (behind === undefined || behind.test(head.toString('latin1', end, end + 8)))
    );
  })?.found;
}

/** LONG1 of 10 bytes with torch's magic number, and the same number as protocol 0 writes it. */
const LEGACY_MAGICS = [Buffer.from('8a0a6cfc9c46f9206aa85019', 'hex'), Buffer.from('L119547037146038801333356L\n')];
/** PROTO, FRAME and the number. */
const LEGACY_MAGIC_WITHIN = 48;

/** PROTO of a real protocol. Protocols 0 and 1 have no mark; they are tried on text and unknown bytes. */
function detectPickle(head: Buffer): Detected | undefined {
  const start = head.subarray(0, LEGACY_MAGIC_WITHIN);
  // The number behind something else than opcodes is data of another format.
  if (mayBePickle(head[0] ?? 0) && LEGACY_MAGICS.some((magic) => start.includes(magic)))
    return { kind: 'torch-legacy' };
  const [proto, version = 0xff] = head;
  return proto === 0x80 && version <= HIGHEST_PROTOCOL ? { kind: 'pickle' } : undefined;
}

/** No magic either: a header length below 4 GiB and then JSON. */
function detectSafetensors(head: Buffer): Detected | undefined {
  const [, , , , a, b, c, d, first = 0] = head;
  return a === 0 && b === 0 && c === 0 && d === 0 && (first === 0x7b || first === 0x20)
    ? { kind: 'safetensors' }
    : undefined;
}

/** What has no mark is told by its inside where that is plain, and else by its name. */
async function detectUnmarked(source: ByteSource, head: Buffer, name: string): Promise<Detected> {
  const message = await detectProtobuf(source, head, name);
  if (/\.safetensors$/i.test(name) && (message === undefined || message === 'onnx')) return { kind: 'safetensors' };
  if (message !== undefined) return { kind: message };
  const container = findContainer(head);
  return container === 'zlib' || container === 'lzma' ? { kind: 'packed', packing: container } : { kind: 'unknown' };
}

/** Models that are text, by how their libraries begin them. */
const textFormats = [
  ['openvino', /^(<\?xml[^>]*>\s*)?<net\s+name="[^"]*"\s+version="\d+"/],
  ['xgboost', /^\{\s*("version"\s*:\s*\[[\d,\s]*\]\s*,\s*)?"learner"\s*:\s*\{/],
  ['lightgbm', /^tree\r?\nversion=v\d/],
] as const;

/** A name for text, where the bytes are text. */
function detectText(head: Buffer): Detected | undefined {
  if (!isText(head)) return undefined;
  const start = head.toString('latin1');
  if (start.startsWith('version https://git-lfs')) {
    return { kind: 'text', name: 'Git LFS pointer', hint: 'Fetch the real file with: git lfs pull' };
  }
  const trimmed = start.trimStart();
  const model = textFormats.find(([, pattern]) => pattern.test(trimmed));
  if (model !== undefined) return { kind: model[0] };
  if (/^<(!doctype|html|\?xml|head|body)/i.test(trimmed)) return { kind: 'text', name: 'web page or XML document' };
  if (/^[{[]/.test(trimmed)) return { kind: 'text', name: 'JSON document' };
  return { kind: 'text', name: 'text file' };
}

/** UTF-8 without control characters but white space: every binary format here has one among its first bytes. */
function isText(head: Buffer): boolean {
  if (/[\u0000-\u0008\u000e-\u001f\u007f]/.test(head.toString('latin1'))) return false;
  // The head may end inside a character of up to four bytes.
  return [0, 1, 2, 3].some(
    (cut) => (cut === 0 || head.length === HEAD_BYTES) && isUtf8(head.subarray(0, head.length - cut)),
  );
}
