import { Malformed } from '../../core/documents/malformed.ts';
import { type Hdf5File, readAddress, readLength, readNumber } from './file.ts';

/** One message of an object's header: its meaning depends on its type (specification IV.A.2). */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly bytes: Buffer;
}

export const messageType = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

/** Messages of one object: a group has one for each link, a dataset ten. */
const MAX_MESSAGES = 65_536;
/** Pieces that one header is spread over. */
const MAX_BLOCKS = 1024;
/** Bytes of one piece; an attribute may have 64 KiB, and many stand in one. */
const MAX_BLOCK_BYTES = 16 * 1024 ** 2;

/** A block of the file with messages. */
interface Block {
  readonly at: number;
  readonly size: number;
}

/** Layout of the messages of a header. */
interface Form {
  /** Bytes before the data of a message. */
  readonly headBytes: number;
  parse(head: Buffer): { type: number; size: number; flags: number };
  /** Bytes of a continuation before and behind its messages. */
  readonly frame: readonly [before: number, behind: number];
}

/** All messages of the object whose header is at an address. */
export async function readMessages(file: Hdf5File, address: number): Promise<Message[]> {
  const at = file.base + address;
  const isNew = (await file.pages.read(at, 4)).toString('latin1') === 'OHDR';
  const { form, block } = isNew ? await readNewPrefix(file, at) : await readOldPrefix(file, at);
  const blocks = [block];
  const messages: Message[] = [];
  for (let next = 0; next < blocks.length; next++) {
    const current = blocks[next];
    if (current === undefined) break;
    for (const message of await readBlock(file, current, form)) {
      if (message.type === messageType.continuation) blocks.push(continueAt(file, message, form));
      else messages.push(message);
    }
    if (messages.length > MAX_MESSAGES || blocks.length > MAX_BLOCKS)
      throw new Malformed('an object has more messages than any writer gives one', at);
  }
  return messages;
}

const oldForm: Form = {
  headBytes: 8,
  parse: (head) => ({ type: head.readUInt16LE(0), size: head.readUInt16LE(2), flags: head.readUInt8(4) }),
  frame: [0, 0],
};

async function readOldPrefix({ pages }: Hdf5File, at: number): Promise<{ form: Form; block: Block }> {
  const version = await pages.u8(at);
  if (version !== 1) throw new Malformed(`an object header has the version ${version}`, at);
  return { form: oldForm, block: { at: at + 16, size: await pages.u32(at + 8) } };
}

const TIMES = 0x20;
const PHASES = 0x10;
const ORDER = 0x04;
const CHECKSUM_BYTES = 4;

async function readNewPrefix({ pages }: Hdf5File, at: number): Promise<{ form: Form; block: Block }> {
  const flags = await pages.u8(at + 5);
  const sizeAt = at + 6 + (flags & TIMES ? 16 : 0) + (flags & PHASES ? 4 : 0);
  const width = 1 << (flags & 3);
  const size = readNumber(await pages.read(sizeAt, width));
  const form: Form = {
    headBytes: flags & ORDER ? 6 : 4,
    parse: (head) => ({ type: head.readUInt8(0), size: head.readUInt16LE(1), flags: head.readUInt8(3) }),
    frame: [4, CHECKSUM_BYTES],
  };
  return { form, block: { at: sizeAt + width, size } };
}

async function readBlock({ pages }: Hdf5File, { at, size }: Block, form: Form): Promise<Message[]> {
  if (size > MAX_BLOCK_BYTES) throw new Malformed(`an object header has ${size} bytes`, at);
  const bytes = await pages.read(at, size);
  const messages: Message[] = [];
  // Less than a message's head at the end is a gap.
  for (let next = 0; next + form.headBytes <= bytes.length; ) {
    const { type, size: length, flags } = form.parse(bytes.subarray(next, next + form.headBytes));
    const start = next + form.headBytes;
    if (start + length > bytes.length) throw new Malformed('a message ends after its header', at + next);
    // The next read reuses the page: keep a copy.
    messages.push({ type, flags, bytes: Buffer.from(bytes.subarray(start, start + length)) });
    next = start + length;
  }
  return messages;
}

function continueAt(file: Hdf5File, { bytes }: Message, { frame: [before, behind] }: Form): Block {
  const at = file.base + readAddress(file, bytes, 0);
  return { at: at + before, size: readLength(file, bytes, file.addressBytes) - before - behind };
}
