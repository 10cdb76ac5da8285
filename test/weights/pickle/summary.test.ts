import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { runPickles } from '../../../src/weights/pickle/stream.ts';
import { describeGlobals } from '../../../src/weights/pickle/summary.ts';
import { Window } from '../../../src/weights/reading/window.ts';
import { op, payload, pickle } from '../pickle-bytes.ts';

test('every global is listed once, with its verdict', async () => {
  const bytes = pickle(
    op.proto(2),
    op.global('collections', 'OrderedDict'),
    op.pop,
    op.global('numpy', 'ndarray'),
    op.pop,
    op.global('mine', 'Model'),
    op.pop,
    payload,
    op.pop,
    payload,
  );
  const { runs } = await runPickles(new Window(bufferSource('m', bytes)));
  expect(describeGlobals(runs, (path) => path === 'mine.Model')).toEqual([
    { name: 'collections.OrderedDict', verdict: 'listed' },
    { name: 'numpy.ndarray', verdict: 'harmless' },
    { name: 'mine.Model', verdict: 'listed' },
    { name: 'os.system', verdict: 'unsafe' },
  ]);
});
