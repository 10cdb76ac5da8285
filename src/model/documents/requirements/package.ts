import { isMarker } from './marker.ts';

/** A package by name, as PEP 508 writes it. */
export interface Package {
  /** Normalised as PEP 503 says. */
  readonly name: string;
  /** `==1.2,<3`; empty if any version is allowed. */
  readonly versions: string;
  readonly marker: string;
  /** After `@`. */
  readonly url: string | undefined;
}

export type PackageReading =
  | { readonly kind: 'ok'; readonly found: Package }
  | { readonly kind: 'refused'; readonly reason: string };

const NAME = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*/;
const EXTRAS = /^\[\s*(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:\s*,\s*[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)*)?\s*\]$/;

const RELEASE = 'v?(?:\\d+!)?\\d+(?:\\.\\d+)*';
const PRE = '(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?\\d*)?';
const POST = '(?:-\\d+|[-_.]?(?:post|rev|r)[-_.]?\\d*)?';
const DEV = '(?:[-_.]?dev[-_.]?\\d*)?';
const LOCAL = '(?:\\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?';

/** What PEP 440 allows after each operator: a star and a local part only after equality. */
const clauses: readonly (readonly [operator: RegExp, version: RegExp])[] = [
  [/^===/, /^[^\s;)]*$/],
  [/^[=!]=/, new RegExp(`^(?:${RELEASE}${PRE}${POST}(?:\\.\\*|${DEV}${LOCAL}))$`, 'i')],
  [/^~=/, new RegExp(`^v?(?:\\d+!)?\\d+(?:\\.\\d+)+${PRE}${POST}${DEV}$`, 'i')],
  [/^(?:[<>]=?)/, new RegExp(`^${RELEASE}${PRE}${POST}${DEV}$`, 'i')],
];

/** A requirement by name. pip splits the marker off first, so a `;` can otherwise only be part of a URL. */
export function readPackage(text: string): PackageReading {
  const match = NAME.exec(text);
  if (!match) return refuse(`it does not start with the name of a package: ${JSON.stringify(text)}`);
  const [head, written = '', extras] = match;
  if (extras !== undefined && !EXTRAS.test(extras)) return refuse(`${extras} is not a list of extras`);
  const name = normaliseName(written);
  const rest = text.slice(head.length);
  const separator = rest.startsWith('@') ? /\s;/.exec(rest)?.index : rest.indexOf(';');
  const isMarked = separator !== undefined && separator >= 0;
  const body = (isMarked ? rest.slice(0, separator) : rest).trim();
  const marker = isMarked ? rest.slice(rest.indexOf(';', separator) + 1).trim() : '';
  if (marker !== '' && !isMarker(marker)) return refuse(`${JSON.stringify(marker)} is not a marker`);
  if (body.startsWith('@')) {
    const url = body.slice(1).trim();
    if (url === '' || /\s/.test(url)) return refuse(`${JSON.stringify(url)} is not a URL`);
    return { kind: 'ok', found: { name, versions: '', marker, url } };
  }
  const versions = /^\((.*)\)$/s.exec(body)?.[1]?.trim() ?? body;
  const reason = findVersionProblem(versions);
  return reason === undefined ? { kind: 'ok', found: { name, versions, marker, url: undefined } } : refuse(reason);
}

function refuse(reason: string): PackageReading {
  return { kind: 'refused', reason };
}

function findVersionProblem(versions: string): string | undefined {
  if (versions === '') return undefined;
  const parts = versions.replace(/,\s*$/, '').split(',');
  for (const part of parts.map((each) => each.trim())) {
    const operator = /^[=<>!~]+/.exec(part)?.[0];
    if (operator === undefined) return `${JSON.stringify(part)} names no version; a version needs an operator: ==1.2.3`;
    if (operator === '=') return '"=" is not an operator; write "=="';
    const clause = clauses.find(([pattern]) => pattern.test(part));
    if (clause === undefined) return `${JSON.stringify(operator)} is not an operator`;
    const version = part.replace(clause[0], '').trim();
    if (!clause[1].test(version)) return `${JSON.stringify(version)} is not a valid version after ${operator}`;
  }
  return undefined;
}

export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
