/** A self-signed certificate for this machine, as TorchServe generates one for https without a certificate. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Valid for a year: it is generated again at every start. */
const LIFETIME_DAYS = 365;

/** PEM texts of a new key and its certificate (RFC 5280, in DER by hand: Node reads certificates but writes none). */
export function createSelfSigned(now: Date): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const ecdsaWithSha256 = sequence(oid([42, 134, 72, 206, 61, 4, 3, 2]));
  const name = sequence(set(sequence(oid([85, 4, 3]), tlv(0x0c, Buffer.from('localhost')))));
  const toBeSigned = sequence(
    tlv(0xa0, integer(Buffer.of(2))),
    // Keeps the number positive.
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    name,
    sequence(time(new Date(now.getTime() - DAY_MS)), time(new Date(now.getTime() + LIFETIME_DAYS * DAY_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(subjectAlternativeName())),
  );
  const signature = bitString(sign('sha256', toBeSigned, privateKey));
  const certificate = sequence(toBeSigned, ecdsaWithSha256, signature);
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function subjectAlternativeName(): Buffer {
  const names = sequence(tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.of(127, 0, 0, 1)));
  return sequence(oid([85, 29, 17]), tlv(0x04, names));
}

/** Tag, length, value: all there is to DER. */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), value]);
  const size = length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, value]);
}

const sequence = (...parts: readonly Buffer[]) => tlv(0x30, Buffer.concat(parts));
const set = (part: Buffer) => tlv(0x31, part);
const integer = (value: Buffer) => tlv(0x02, value);
const oid = (bytes: readonly number[]) => tlv(0x06, Buffer.from(bytes));
const bitString = (value: Buffer) => tlv(0x03, Buffer.concat([Buffer.of(0), value]));

/** UTCTime, which has two digits for the year: good until 2049. */
function time(date: Date): Buffer {
  return tlv(
    0x17,
    Buffer.from(
      `${date
        .toISOString()
        .replace(/[-:T]|\..*/g, '')
        .slice(2)}Z`,
    ),
  );
}
