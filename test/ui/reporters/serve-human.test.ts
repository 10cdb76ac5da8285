import { expect, test } from 'vitest';
import { formatServing } from '../../../src/ui/reporters/serve-human.ts';
import { createStyle } from '../../../src/ui/style.ts';

const url = 'https://127.0.0.1:8443';
const serving = {
  urls: { inference: url, management: url, metrics: url },
  grpc: undefined,
  models: [{ name: 'digits', version: '1.0', workers: 1 }],
  workflows: [],
};
const style = createStyle({ color: false, unicode: true });

test.each([
  [[], `curl -T FILE ${url}/predictions/digits`],
  [['--insecure'], `curl --insecure -T FILE ${url}/predictions/digits`],
  [['--cacert', "/my keys/it's.pem"], `curl --cacert '/my keys/it'\\''s.pem' -T FILE ${url}/predictions/digits`],
])('the example line has the options that curl needs: %j', (curlFlags, line) => {
  expect(formatServing({ ...serving, curlFlags }, style)).toContain(`try         ${line}\n`);
});
