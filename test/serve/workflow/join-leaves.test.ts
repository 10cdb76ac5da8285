import { expect, test } from 'vitest';
import { joinLeaves } from '../../../src/serve/workflow/join-leaves.ts';

const join = (...leaves: [string, string][]) =>
  joinLeaves(leaves.map(([node, body]) => ({ node, body: Buffer.from(body) }))).toString();

test('the answers become members of one object, in which numbers keep their digits', () => {
  const text = join(['a', '{"x":[1.10,12345678901234567890],"y":{}}'], ['b', '"t,{"']);
  expect(text).toContain('1.10');
  expect(text).toContain('12345678901234567890');
  expect(JSON.parse(text)).toMatchObject({ a: { y: {} }, b: 't,{' });
});

test('an answer that is not JSON is refused with its node', () => {
  expect(() => join(['a', '1'], ['b', 'text'])).toThrow(
    expect.objectContaining({ code: 'WORKFLOW_ANSWER_INVALID', message: expect.stringContaining('b') }),
  );
});
