export interface EntryPoint {
  readonly file: string;
  /** The function to call or the export to use; undefined if the server chooses. */
  readonly entryPoint: string | undefined;
}

/**
 * `handler.py:function`, in an argument and in a manifest: the last colon counts, if a name or nothing follows it. So
 * the colon of a drive letter and one inside a folder's name are part of the file.
 */
export function splitEntryPoint(text: string): EntryPoint {
  const match = /^(.+):((?:[\p{ID_Start}_$][\p{ID_Continue}$]*)?)$/su.exec(text);
  if (!match) return { file: text, entryPoint: undefined };
  const [, file = '', entryPoint = ''] = match;
  return { file, entryPoint: entryPoint === '' ? undefined : entryPoint };
}
