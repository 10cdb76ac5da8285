import { join } from 'node:path';
import { runTool } from './tools.ts';

/** A key and a certificate for 127.0.0.1 made by openssl, as a user makes them: paths of two PEM files. */
export async function makeCertificate(folder: string, name = 'server'): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, '-keyout', key, '-out', cert);
  return { key, cert };
}

export async function openssl(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runTool('openssl', args);
  if (exitCode !== 0) throw new Error(`openssl ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return stdout;
}
