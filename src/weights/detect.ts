import type { ByteSource } from '../core/byte-source.ts';

/** What the first bytes of a file show. */
export type Detected =
  | { readonly kind: 'onnx' | 'safetensors' }
  | { readonly kind: 'empty' }
  /** Recognised, and not weights; `name` in words. */
  | { readonly kind: 'not-weights'; readonly name: string; readonly hint?: string }
  /** Weights or a container of them that no reader here understands. */
  | { readonly kind: 'unread'; readonly name: string }
  | { readonly kind: 'unsupported'; readonly name: string; readonly hint: string }
  | { readonly kind: 'unknown' };

/** Enough for every magic below, a tar's at offset 257 included, and to tell text from data. */
const HEAD_BYTES = 4096;

export async function detect(source: ByteSource, name: string): Promise<Detected> {
  if (source.size === 0) return { kind: 'empty' };
  const head = await source.read(0, Math.min(source.size, HEAD_BYTES));
  return (
    detectMagic(head) ??
    detectSafetensors(head, name) ??
    detectText(head) ??
    detectOnnx(head, name) ?? { kind: 'unknown' }
  );
}

const magics: readonly { readonly at: number; readonly bytes: string; readonly found: Detected }[] = [
  {
    at: 0,
    bytes: '377abcaf271c',
    found: { kind: 'unsupported', name: '7z archive', hint: 'Unpack it and use the file inside.' },
  },
  {
    at: 0,
    bytes: '526172211a07',
    found: { kind: 'unsupported', name: 'rar archive', hint: 'Unpack it and use the file inside.' },
  },
  { at: 0, bytes: '47475546', found: { kind: 'unread', name: 'GGUF' } },
  { at: 0, bytes: '89484446', found: { kind: 'unread', name: 'HDF5' } },
  { at: 4, bytes: '54464c33', found: { kind: 'unread', name: 'TensorFlow Lite' } },
  { at: 4, bytes: '4f52544d', found: { kind: 'unread', name: 'ORT format' } },
  { at: 0, bytes: '7f454c46', found: { kind: 'unread', name: 'ELF library' } },
];

function detectMagic(head: Uint8Array): Detected | undefined {
  return magics.find(({ at, bytes }) => Buffer.from(head.subarray(at, at + bytes.length / 2)).toString('hex') === bytes)
    ?.found;
}

/** No magic either: a header length below 4 GiB and then JSON; a file that calls itself safetensors is read as one unless its content says otherwise. */
function detectSafetensors(head: Uint8Array, name: string): Detected | undefined {
  const [, , , , a, b, c, d, first = 0] = head;
  const looksAlike = a === 0 && b === 0 && c === 0 && d === 0 && (first === 0x7b || first === 0x20);
  return looksAlike || (/\.safetensors$/i.test(name) && !isText(Buffer.from(head).toString('latin1')))
    ? { kind: 'safetensors' }
    : undefined;
}

/** A name for text, where the bytes are text. */
function detectText(head: Uint8Array): Detected | undefined {
  const start = Buffer.from(head).toString('latin1');
  if (!isText(start)) return undefined;
  if (start.startsWith('version https://git-lfs')) {
    return { kind: 'not-weights', name: 'Git LFS pointer', hint: 'Fetch the real file with: git lfs pull' };
  }
  const trimmed = start.trimStart();
  if (/^<(!doctype|html|\?xml|head|body)/i.test(trimmed))
    return { kind: 'not-weights', name: 'web page or XML document' };
  if (/^[{[]/.test(trimmed)) return { kind: 'not-weights', name: 'JSON document' };
  return { kind: 'not-weights', name: 'text file' };
}

/** No control characters but white space: every binary format above has one among its first bytes. */
function isText(start: string): boolean {
  return !/[\u0000-\u0008\u000e-\u001f\u007f]/.test(start);
}

/** ONNX has no magic. A model starts with a field of ModelProto, nearly always its IR version (1 to 63, field 1). */
function detectOnnx(head: Uint8Array, name: string): Detected | undefined {
  const [tag = 0, value = 0] = head;
  if (tag === 0x08 && value > 0 && value < 64) return { kind: 'onnx' };
  return /\.onnx$/i.test(name) ? { kind: 'onnx' } : undefined;
}
