import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { describeError, ToolError } from '../../core/errors.ts';
import { readNamedFile } from '../../core/read-file.ts';
import { createSelfSigned } from './self-signed.ts';

/** Files with the server's key and certificate; absolute paths (contract 4.1). */
export interface IdentitySources {
  /** Holds key and certificate; as upstream, overrides the two files. */
  readonly keystore: string | undefined;
  readonly keystorePassword: string;
  /** PEM. */
  readonly privateKeyFile: string | undefined;
  /** PEM, the server's certificate first. */
  readonly certificateFile: string | undefined;
}

/** Key and certificate for TLS. */
export type TlsIdentity = Pick<SecureContextOptions, 'pfx' | 'passphrase' | 'key' | 'cert'>;

export interface LoadedIdentity {
  readonly identity: TlsIdentity;
  /** Generated for this run, since none was configured. */
  readonly madeUp: boolean;
  /** How curl can trust it, if it is self-signed. */
  readonly curlFlags: readonly string[];
}

/** Reads and checks the files before the server listens. Throws FILE_NOT_FOUND, FILE_UNREADABLE or TLS_IDENTITY_INVALID. */
export async function loadIdentity(sources: IdentitySources, now: Date): Promise<LoadedIdentity> {
  const { keystore, privateKeyFile, certificateFile } = sources;
  if (keystore !== undefined) return { identity: await readKeystore(keystore, sources), madeUp: false, curlFlags: [] };
  if (privateKeyFile !== undefined && certificateFile !== undefined) return readPair(privateKeyFile, certificateFile);
  if (privateKeyFile !== undefined)
    throw new ToolError('TLS_IDENTITY_INVALID', {
      path: privateKeyFile,
      problem: 'a key without its certificate',
      hint: 'Give the certificate with --tls-cert or certificate_file.',
    });
  if (certificateFile !== undefined)
    throw new ToolError('TLS_IDENTITY_INVALID', {
      path: certificateFile,
      problem: 'a certificate without its key',
      hint: 'Give the private key with --tls-key or private_key_file.',
    });
  return { identity: createSelfSigned(now), madeUp: true, curlFlags: ['--insecure'] };
}

/** First bytes of Java's own two forms of a keystore; PKCS12 is DER, which begins with a sequence. */
const JAVA_MAGIC: Readonly<Record<string, string>> = { feedfeed: 'JKS', cececece: 'JCEKS' };

async function readKeystore(path: string, { keystorePassword }: IdentitySources): Promise<TlsIdentity> {
  const pfx = await readNamedFile(path, 'keystore');
  const form = JAVA_MAGIC[pfx.subarray(0, 4).toString('hex')];
  if (form !== undefined) {
    const convert = `keytool -importkeystore -srckeystore ${path} -destkeystore ${path}.p12 -deststoretype PKCS12`;
    const problem = `a ${form} keystore, which only Java reads`;
    throw new ToolError('TLS_IDENTITY_INVALID', { path, problem, hint: `Convert it with: ${convert}` });
  }
  const identity = { pfx, passphrase: keystorePassword };
  tryOut(identity, path, wordKeystoreProblem(path));
  return identity;
}

async function readPair(keyPath: string, certPath: string): Promise<LoadedIdentity> {
  const key = await readNamedFile(keyPath, 'private key');
  if (/ENCRYPTED/.test(key.toString('latin1').slice(0, 200))) {
    const hint = `Take the password off with: openssl pkey -in ${keyPath} -out FILE (or give a keystore with keystore_pass)`;
    throw new ToolError('TLS_IDENTITY_INVALID', { path: keyPath, problem: 'a private key with a password', hint });
  }
  const cert = await readNamedFile(certPath, 'certificate');
  const forms = 'Both files are PEM ("-----BEGIN PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----").';
  tryOut({ key }, keyPath, () => ({ problem: 'no private key in PEM', hint: forms }));
  tryOut({ cert }, certPath, () => ({ problem: 'no certificate in PEM', hint: forms }));
  tryOut({ key, cert }, certPath, () => ({
    problem: `not the certificate of ${keyPath}`,
    hint: 'Give a matching pair; in a chain the certificate of the server comes first.',
  }));
  const certificate = new X509Certificate(cert);
  const isSelfSigned = certificate.checkIssued(certificate);
  return { identity: { key, cert }, madeUp: false, curlFlags: isSelfSigned ? ['--cacert', certPath] : [] };
}

interface Problem {
  readonly problem: string;
  readonly hint: string;
}

/** Reports OpenSSL's errors at startup instead of at the first handshake. */
function tryOut(identity: TlsIdentity, path: string, word: (cause: unknown) => Problem): void {
  try {
    createSecureContext(identity);
  } catch (cause) {
    throw new ToolError('TLS_IDENTITY_INVALID', { path, ...word(cause) }, { cause });
  }
}

/** OpenSSL distinguishes these only by its message; any other message is kept. */
function wordKeystoreProblem(path: string): (cause: unknown) => Problem {
  return (cause) => {
    const said = describeError(cause);
    if (/mac verify failure/i.test(said))
      return { problem: 'a keystore that keystore_pass does not open', hint: 'The default password is "changeit".' };
    if (/unsupported/i.test(said))
      return {
        problem: 'encrypted in a way that OpenSSL 3 no longer reads',
        hint: `Write it again: openssl pkcs12 -legacy -in ${path} -nodes -out FILE.pem, then openssl pkcs12 -export -in FILE.pem -out FILE.p12`,
      };
    return {
      problem: `not a PKCS12 keystore (${said})`,
      hint: 'Give a .p12 file, or private_key_file and certificate_file.',
    };
  };
}
