import { randomUUID } from 'node:crypto';
import { lookup as resolveName } from 'node:dns/promises';
import { createWriteStream } from 'node:fs';
import { copyFile, link, rm } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { describeError, systemCode, ToolError } from '../../core/errors.ts';

/** Bytes of a fetched archive: the same bound as for extracting one. */
const MAX_BYTES = 10 * 1024 ** 3;
/** For the whole fetch, redirects included. */
const TIMEOUT_MS = 30 * 60_000;
const MAX_REDIRECTS = 5;

/** Why a response is refused; it becomes the reason in DOWNLOAD_FAILED. */
class FetchProblem extends Error {
  override readonly name = 'FetchProblem';
}

export interface FetchOptions {
  /** Whether a URL may be fetched; checked for every redirect. */
  readonly allows: (url: string) => boolean;
  /** Whether an IP address may be connected to; by default only public ones. */
  readonly allowsAddress?: (address: string) => boolean;
}

/**
 * Downloads a URL to `target`, which must not exist. Private and loopback addresses are refused after DNS resolution, and
 * the connection goes to the checked address, which rules out DNS rebinding.
 */
export async function fetchArchive(url: string, target: string, options: FetchOptions): Promise<void> {
  const partial = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`);
  try {
    if (/^file:/i.test(url)) await copyFile(fileURLToPath(url), partial);
    else await download(url, partial, options, AbortSignal.timeout(TIMEOUT_MS));
    // `link` fails if the target exists; `rename` would overwrite it.
    await link(partial, target);
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') throw new ToolError('MODEL_FILE_EXISTS', { file: basename(target) }, { cause });
    throw new ToolError('DOWNLOAD_FAILED', { url, reason: describeError(cause) }, { cause });
  } finally {
    await rm(partial, { force: true });
  }
}

async function download(
  first: string,
  partial: string,
  { allows, allowsAddress = isPublic }: FetchOptions,
  signal: AbortSignal,
): Promise<void> {
  let url = first;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await get(url, allowsAddress, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200)
      return pipeline(response, bounded(), createWriteStream(partial, { flags: 'wx' }), { signal });
    response.destroy();
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined)
      throw new FetchProblem(`the response is ${statusCode}`);
    url = new URL(headers.location, url).href;
    if (!/^https?:/i.test(url) || !allows(url)) throw new FetchProblem(`it redirects to ${url}, which is not allowed`);
  }
  throw new FetchProblem(`more than ${MAX_REDIRECTS} redirects`);
}

type AddressCheck = NonNullable<FetchOptions['allowsAddress']>;

function get(url: string, allowsAddress: AddressCheck, signal: AbortSignal): Promise<IncomingMessage> {
  const { hostname, protocol } = new URL(url);
  // A literal IP address never reaches the lookup.
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) > 0 && !allowsAddress(literal)) throw privateAddress(literal);
  const request = protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    request(url, { signal, lookup: checkedLookup(allowsAddress) }, resolve)
      .on('error', reject)
      .end();
  });
}

/** Checks every address of the name: the one connected to is among them. */
function checkedLookup(allowsAddress: AddressCheck): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }).then(
      (found) => {
        const refused = found.find(({ address }) => !allowsAddress(address));
        if (refused !== undefined) callback(privateAddress(refused.address), '');
        else if (options.all === true) callback(null, found);
        else callback(null, found[0]?.address ?? '', found[0]?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

function privateAddress(address: string): FetchProblem {
  return new FetchProblem(`${address} is an address of a private network`);
}

/** Networks that are not public (RFC 6890 and its updates): against server-side request forgery. */
const privateNetworks = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  // Loopback, and forms that embed an IPv4 address: IPv4-compatible, NAT64, 6to4.
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv6');

/** An IPv4-mapped IPv6 address is checked against the IPv4 networks. */
export function isPublic(address: string): boolean {
  return !privateNetworks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function bounded(): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > MAX_BYTES) done(new FetchProblem(`it has more than ${MAX_BYTES} bytes`));
      else done(null, chunk);
    },
  });
}
