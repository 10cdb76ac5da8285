import { isToolError, ToolError } from '../../core/errors.ts';
import { type ArchiveSources, type LocatedArchive, locateArchive } from '../model/locate-archive.ts';

/** Resolves a name of the workflow API in the workflow store, by the rules of the model store. */
export async function locateWorkflow(url: string, sources: ArchiveSources): Promise<LocatedArchive> {
  try {
    return await locateArchive(url, sources);
  } catch (cause) {
    if (!isToolError(cause) || cause.code !== 'ARCHIVE_NOT_IN_STORE') throw cause;
    throw new ToolError('WORKFLOW_NOT_IN_STORE', { url, reason: cause.message }, { cause });
  }
}
