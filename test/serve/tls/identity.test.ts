import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type IdentitySources, loadIdentity } from '../../../src/serve/tls/identity.ts';
import { createSelfSigned } from '../../../src/serve/tls/self-signed.ts';
import { makeCertificate, openssl } from '../../support/certificate.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { findTool, runTool } from '../../support/tools.ts';

const nothing: IdentitySources = {
  keystore: undefined,
  keystorePassword: 'changeit',
  privateKeyFile: undefined,
  certificateFile: undefined,
};
const load = (sources: Partial<IdentitySources>) => loadIdentity({ ...nothing, ...sources }, new Date());

test('openssl reads a generated certificate, for this machine and one year', async () => {
  const now = new Date('2026-11-25T12:00:00Z');
  const { cert } = createSelfSigned(now);
  const folder = await tempTree({ 'made.pem': cert });
  const text = await openssl('x509', '-in', join(folder, 'made.pem'), '-noout', '-text');
  expect(text).toMatch(/Version: 3/);
  expect(text).toMatch(/Subject: CN = ?localhost/);
  expect(text).toMatch(/DNS:localhost, IP Address:127\.0\.0\.1/);
  const read = new X509Certificate(cert);
  expect(read.verify(read.publicKey)).toBe(true);
  expect([new Date(read.validFrom), new Date(read.validTo)]).toEqual([
    new Date('2026-11-24T12:00:00Z'),
    new Date('2027-11-25T12:00:00Z'),
  ]);
  expect(createSelfSigned(now).cert).not.toBe(cert);
});

test('each incomplete or wrong setting is one precise error', async () => {
  const folder = await tempTree({ 'text.pem': 'no key at all', 'garbage.p12': 'no keystore' });
  const { key, cert } = await makeCertificate(folder);
  const other = await makeCertificate(folder, 'other');
  const locked = join(folder, 'locked.key');
  await openssl('pkey', '-in', key, '-aes256', '-passout', 'pass:secret', '-out', locked);
  const store = join(folder, 'store.p12');
  await openssl('pkcs12', '-export', '-inkey', key, '-in', cert, '-out', store, '-passout', 'pass:changeit');
  const text = join(folder, 'text.pem');
  const attempts: [Partial<IdentitySources>, string][] = [
    [{ privateKeyFile: key }, 'a key without its certificate'],
    [{ certificateFile: cert }, 'a certificate without its key'],
    [{ privateKeyFile: text, certificateFile: cert }, 'no private key in PEM'],
    [{ privateKeyFile: key, certificateFile: text }, 'no certificate in PEM'],
    [{ privateKeyFile: other.key, certificateFile: cert }, `not the certificate of ${other.key}`],
    [{ privateKeyFile: locked, certificateFile: cert }, 'a private key with a password'],
    [{ keystore: store, keystorePassword: 'guess' }, 'a keystore that keystore_pass does not open'],
    [{ keystore: join(folder, 'garbage.p12') }, 'not a PKCS12 keystore'],
  ];
  for (const [sources, problem] of attempts) {
    await expect(load(sources)).rejects.toMatchObject({
      code: 'TLS_IDENTITY_INVALID',
      message: expect.stringContaining(problem),
    });
  }
  await expect(load({ keystore: join(folder, 'gone.p12') })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  expect(await load({ keystore: store, privateKeyFile: text, certificateFile: text })).toMatchObject({
    madeUp: false,
  });
});

test('a JKS keystore is refused with the command that converts it, and that command works', async () => {
  const folder = await tempTree();
  const store = join(folder, 'keystore.jks');
  // The four bytes that every one begins with.
  await writeFile(store, Buffer.from('feedfeed00000002', 'hex'));
  const refusal = load({ keystore: store });
  const command = `keytool -importkeystore -srckeystore ${store} -destkeystore ${store}.p12 -deststoretype PKCS12`;
  await expect(refusal).rejects.toMatchObject({
    message: `${store} cannot be used for TLS: it is a JKS keystore, which only Java reads.`,
    hint: `Convert it with: ${command}`,
  });
  if (findTool('keytool') === undefined) return;
  await writeFile(store, '');
  const real = join(folder, 'real.jks');
  const pass = ['-storepass', 'changeit', '-keypass', 'changeit'];
  const names = ['-alias', 'ts', '-dname', 'CN=localhost', '-keyalg', 'RSA', '-storetype', 'JKS'];
  await runTool('keytool', ['-genkeypair', ...names, ...pass, '-keystore', real]);
  await expect(load({ keystore: real })).rejects.toMatchObject({ message: expect.stringContaining('a JKS keystore') });
  const convert = ['-importkeystore', '-srckeystore', real, '-destkeystore', `${real}.p12`, '-deststoretype', 'PKCS12'];
  await runTool('keytool', [...convert, '-srcstorepass', 'changeit', '-deststorepass', 'changeit']);
  expect((await load({ keystore: `${real}.p12` })).madeUp).toBe(false);
});
