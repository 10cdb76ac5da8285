import { MANIFEST_PATH, WORKFLOW_MANIFEST_PATH } from '../../core/paths.ts';
import { LABELS_FILE } from '../../model/documents/labels.ts';
import { RECORD_PATH } from '../../model/documents/record.ts';
import { referredMembers } from '../../weights/referred-files.ts';
import type { Differences } from './differences.ts';
import { haveSameBytes, type Side } from './read-side.ts';
import type { Difference } from './result.ts';

/** Files for people; every other one may be read by the handler. */
const FOR_PEOPLE = /(?:^|\/)(?:readme|licen[cs]e|notice|changelog|authors)[^/]*$|\.(?:md|rst)$/i;
const CODE = /\.(?:py|pyi|[cm]?[jt]s|so|dylib|dll|pyd|whl|node)$/i;

/** Files that no other comparison speaks of. A file under another path with the same bytes has moved. */
export async function compareFiles(before: Side, after: Side, differences: Differences): Promise<void> {
  const [known, now] = [await otherFiles(before), await otherFiles(after)];
  const add = (change: Difference['change'], name: string, more: Partial<Difference> = {}) =>
    differences.add({ area: 'files', change, name, ...judge(name), ...more });
  for (const name of known) {
    if (now.has(name) && !(await haveSameBytes(before, name, after, name)))
      add('changed', name, { before: sizeOf(before, name), after: sizeOf(after, name) });
  }
  const added = new Set([...now].filter((name) => !known.has(name)));
  for (const name of known) {
    if (now.has(name)) continue;
    const moved = await findSame(before, name, after, added);
    if (moved === undefined) add('removed', name, { before: sizeOf(before, name) });
    else add('moved', name, { before: name, after: moved });
    if (moved !== undefined) added.delete(moved);
  }
  for (const name of added) add('added', name, { after: sizeOf(after, name) });
}

async function otherFiles({ facts, files, content }: Side): Promise<ReadonlySet<string>> {
  const told = new Set<string>([MANIFEST_PATH, WORKFLOW_MANIFEST_PATH, RECORD_PATH]);
  if ((await facts.labels()).kind === 'ok') told.add(LABELS_FILE);
  if (content.config?.status === 'ok') told.add(content.config.member);
  for (const { member } of (await facts.requirements()).lines) told.add(member);
  for (const { member, facts: read } of content.weights) {
    told.add(member);
    for (const path of referredMembers(read, member)) told.add(path);
  }
  return new Set([...files.keys()].filter((name) => !told.has(name)));
}

async function findSame(
  before: Side,
  name: string,
  after: Side,
  candidates: ReadonlySet<string>,
): Promise<string | undefined> {
  for (const other of candidates) if (await haveSameBytes(before, name, after, other)) return other;
  return undefined;
}

function sizeOf({ files }: Side, name: string): number {
  return files.get(name)?.size ?? 0;
}

function judge(name: string): Pick<Difference, 'impact' | 'why'> {
  if (CODE.test(name)) return { impact: 'handler', why: 'It is code.' };
  if (FOR_PEOPLE.test(name)) return { impact: 'metadata', why: 'It is for people.' };
  return { impact: 'handler', why: 'The handler may read it.' };
}
