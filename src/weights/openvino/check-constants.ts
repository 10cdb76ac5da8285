import type { FileTree } from '../../core/file-tree.ts';
import { Problems, quote, type WeightsProblem } from '../reading/problem.ts';

/** Checks that the file of constants is a member of the tree, and as long as the layers need. */
export async function checkConstants(
  member: string,
  { location, end }: { readonly location: string; readonly end: number },
  tree: FileTree,
): Promise<readonly WeightsProblem[]> {
  const problems = new Problems();
  const size = (await tree.list()).find(({ path }) => path === member)?.size;
  if (size === undefined)
    problems.add(
      'weights/openvino-constants-missing',
      `The model keeps its constants in ${quote(location)}, and the archive has no member ${quote(member)}.`,
      { hint: `Pack it with the model, at the same relative path: --extra-files ${location}` },
    );
  else if (size < end)
    problems.add('weights/openvino-constants', `The layers need ${end} bytes of ${quote(member)}, which has ${size}.`, {
      hint: 'The file is truncated or belongs to another model; export both again.',
    });
  return problems.list();
}
