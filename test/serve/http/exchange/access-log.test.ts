import { expect, test } from 'vitest';
import { formatAnswered } from '../../../../src/serve/http/exchange/access-log.ts';

const now = new Date('2026-11-28T12:00:00Z');
const answered = {
  id: 'r',
  remote: '127.0.0.1:4000',
  method: 'GET',
  target: '/ping?a=b',
  status: 200,
  milliseconds: 3,
};

test('a line has TorchServe’s form', () => {
  expect(formatAnswered(answered, 'torchserve', now)).toBe('/127.0.0.1:4000 "GET /ping?a=b HTTP/1.1" 200 3');
});

test('a gRPC call is logged as HTTP/2.0, with the gRPC code', () => {
  const call = { ...answered, method: 'gRPC', target: 'grpc.health.v1.Health/Check', status: 5 };
  expect(formatAnswered(call, 'torchserve', now)).toBe(
    '/127.0.0.1:4000 "gRPC grpc.health.v1.Health/Check HTTP/2.0" 5 3',
  );
});

test.each([
  ['::ffff:10.0.0.7:4000', '/10.0.0.7:4000'],
  ['::1:4000', '/[0:0:0:0:0:0:0:1]:4000'],
  ['fe80::2%eth0:4000', '/[fe80:0:0:0:0:0:0:2%eth0]:4000'],
])('the address %s is printed as Java does: %s', (remote, printed) => {
  expect(formatAnswered({ ...answered, remote }, 'torchserve', now)).toContain(`${printed} "`);
});

test('as JSON a line is one object with the time and the request id', () => {
  expect(JSON.parse(formatAnswered(answered, 'json', now))).toEqual({ time: '2026-11-28T12:00:00.000Z', ...answered });
});
