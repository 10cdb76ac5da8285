import { isToolError, ToolError } from '../../core/errors.ts';
import { type ArchivePlaces, type LocatedArchive, locateArchive } from '../model/locate-archive.ts';

/** Where a name of the workflow API points: into the workflow store, by the rules of the model store. */
export async function locateWorkflow(url: string, places: ArchivePlaces): Promise<LocatedArchive> {
  try {
    return await locateArchive(url, places);
  } catch (cause) {
    if (!isToolError(cause) || cause.code !== 'ARCHIVE_NOT_IN_STORE') throw cause;
    throw new ToolError('WORKFLOW_NOT_IN_STORE', { url, reason: cause.message }, { cause });
  }
}
