// A machine's own certificate authorities, where it names some: every process of Node that starts parses them, which costs as much
// as all else it does until it runs. The suite talks to itself; only npm asks others.
const VARIABLE = 'NODE_EXTRA_CA_CERTS';
const KEPT = 'TSMA_TEST_CA_CERTS';

export function setup(): void {
  const path = process.env[VARIABLE];
  if (path === undefined) return;
  process.env[KEPT] = path;
  delete process.env[VARIABLE];
}

/** For a program that is to reach other machines. */
export const withCertificates = () => ({ [VARIABLE]: process.env[KEPT] ?? process.env[VARIABLE] });
