import { open } from 'node:fs/promises';

const BLOCK_FLOATS = 2 ** 20;

/** A safetensors file of about `bytes` bytes: one float32 tensor of normal numbers, which is what weights look like to a compressor. */
export async function writeWeights(path, bytes) {
  const floats = Math.floor(bytes / 4);
  const header = JSON.stringify({ w: { dtype: 'F32', shape: [floats], data_offsets: [0, floats * 4] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = await open(path, 'w');
  await file.writeFile(Buffer.concat([length, Buffer.from(header)]));
  const block = new Float32Array(BLOCK_FLOATS);
  for (let done = 0; done < floats; done += BLOCK_FLOATS) {
    fillNormal(block);
    await file.writeFile(new Uint8Array(block.buffer, 0, Math.min(BLOCK_FLOATS, floats - done) * 4));
  }
  await file.close();
}

/** Box–Muller: two independent normal numbers from two uniform ones. */
function fillNormal(block) {
  for (let index = 0; index < block.length; index += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    const angle = 2 * Math.PI * Math.random();
    block[index] = radius * Math.cos(angle);
    block[index + 1] = radius * Math.sin(angle);
  }
}

/** A vocabulary as JSON: text that shrinks to about a third. */
export async function writeText(path, bytes) {
  const file = await open(path, 'w');
  for (let done = 0, word = 0; done < bytes; ) {
    const lines = [];
    for (let line = 0; line < 10_000; line++) {
      lines.push(`"${((word * 2654435761) % 2 ** 32).toString(36)}": ${word}`);
      word++;
    }
    const piece = Buffer.from(`${lines.join(',\n')},\n`).subarray(0, bytes - done);
    await file.writeFile(piece);
    done += piece.length;
  }
  await file.close();
}
