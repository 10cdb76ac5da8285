// Reads one synthetic file, made on the fly so that only the reader's own memory counts, and prints what it cost.
const { readWeights } = await import(new URL('../../../dist/weights/index.js', import.meta.url));
const { head, unit, megabytes } = JSON.parse(process.argv[2]);
const start = Buffer.from(head, 'hex');
const repeated = Buffer.from(unit, 'hex');
const size = megabytes * 2 ** 20;
const block = Buffer.concat(Array.from({ length: Math.ceil(2 ** 20 / repeated.length) + 1 }, () => repeated));

async function read(offset, length) {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    if (offset + at < start.length) {
      bytes[at] = start[offset + at];
      at++;
    } else {
      const phase = (offset + at - start.length) % repeated.length;
      at += block.copy(bytes, at, phase);
    }
  }
  return bytes;
}

const source = { label: 'synthetic', size, read, stream: async function* () {}, close: async () => {} };
const before = performance.now();
const { problems } = await readWeights(source, 'weights.bin');
const seconds = (performance.now() - before) / 1000;
console.log(JSON.stringify({ megabytes: process.resourceUsage().maxRSS / 1024, seconds, rule: problems[0]?.rule }));
