import { posix } from 'node:path';
import type { FileTree } from '../core/file-tree.ts';
import { checkExternalData, externalMember } from './onnx/external-data.ts';
import { checkConstants } from './openvino/check-constants.ts';
import type { WeightsFacts } from './reading/facts.ts';
import type { WeightsProblem } from './reading/problem.ts';

/** A file that a weights file needs next to it. */
export interface ReferredFile {
  /** Path seen from the folder of the weights file. */
  readonly location: string;
  /** The last byte needed, exclusive. */
  readonly end: number;
  /** Continues the sentence "is packed too: m.onnx …". */
  readonly why: string;
}

/** The files that a weights file called `name` refers to: external data of ONNX, the `.bin` of OpenVINO. */
export function referredFiles(facts: WeightsFacts | undefined, name: string): readonly ReferredFile[] {
  if (facts?.format === 'onnx')
    return facts.externalData.map((file) => ({ ...file, why: 'refers to it as external data' }));
  if (facts?.format === 'openvino' && facts.weightsBytes > 0)
    return [{ location: constantsOf(posix.basename(name)), end: facts.weightsBytes, why: 'keeps its constants there' }];
  return [];
}

/** OpenVINO looks for the constants of `m.xml` in `m.bin`. */
function constantsOf(name: string): string {
  return `${name.replace(/\.[^.]*$/, '')}.bin`;
}

/** The members of the tree that a weights member refers to, whether they are there or not. */
export function referredMembers(facts: WeightsFacts | undefined, member: string): readonly string[] {
  return referredFiles(facts, member).map(({ location }) => externalMember(member, location));
}

/** Checks that every file that a weights member refers to is in the tree and long enough. */
export async function checkReferredFiles(
  facts: WeightsFacts | undefined,
  member: string,
  tree: FileTree,
): Promise<readonly WeightsProblem[]> {
  if (facts?.format === 'onnx') return checkExternalData(facts, member, tree);
  if (facts?.format !== 'openvino') return [];
  const [file] = referredFiles(facts, member);
  return file === undefined ? [] : checkConstants(externalMember(member, file.location), file, tree);
}
