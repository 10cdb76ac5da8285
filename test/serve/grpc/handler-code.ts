/** A handler that does what the field `kind` of a request says; without one it answers with `data` as it came. */
export const handlerCode = `
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const text = (bytes) => (bytes === undefined ? '' : Buffer.from(bytes).toString());
const kinds = {
  '': (row) => row.data ?? 'nothing',
  names: (row) => Object.keys(row).sort().join(' '),
  headers: (_row, context, index) => JSON.stringify([...context.requestHeaders(index)].sort()),
  batch: (_row, context) => String(context.requestIds.length),
  big: (row) => Buffer.alloc(Number(text(row.data)), 7),
  raise: () => { throw new Error('raised on purpose'); },
  status: (_row, context, index) => { context.setResponseStatus(index, 418, 'teapot'); return 'tea'; },
  exit: () => process.exit(3),
  async gated(row) {
    const path = text(row.data);
    writeFileSync(path + '.begun', '');
    while (!existsSync(path + '.open')) await sleep(5);
    return 'let through';
  },
};

export default {
  handle: (rows, context) => Promise.all(rows.map((row, index) => kinds[text(row.kind)](row, context, index))),
};
`;
