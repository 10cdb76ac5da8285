import { expect, test } from 'vitest';
import { formatAddress, isLoopback, isSecure, parseAddress } from '../../../src/serve/config/address.ts';

const parse = (text: string) => parseAddress(text, 'inference_address', { http: 80, https: 443 });

test.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', true],
  ['https://example', 'https://example:443', false],
  ['http://[::1]:1/', 'http://[::1]:1', true],
  ['http://0.0.0.0', 'http://0.0.0.0:80', false],
  ['unix:/tmp/x.sock', 'unix:/tmp/x.sock', true],
])('%s is %s, on loopback only: %s', (text, formatted, loopback) => {
  expect([formatAddress(parse(text)), isLoopback(parse(text))]).toEqual([formatted, loopback]);
});

test('only https is secure', () => {
  expect([isSecure(parse('https://a')), isSecure(parse('http://a')), isSecure(parse('unix:/a'))]).toEqual([
    true,
    false,
    false,
  ]);
});

test.each(['', 'localhost:80', 'http://a:65536', 'http://a/b', 'ftp://a', 'unix:'])('%j is not an address', (text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
