/**
 * Limits a user may change, with unit and reason. Limits fixed by a format are at the top of the file that reads it.
 */
export interface Limits {
  /** Members of one archive. 65,535 is what ZIP holds without zip64; no model archive seen had over 2,000. */
  readonly entries: number;
  /** Sum of uncompressed bytes, counted while they are produced, not taken from headers. */
  readonly totalBytes: number;
  /** Uncompressed over compressed, after the first MiB of a member. DEFLATE itself cannot pass 1,032. */
  readonly ratio: number;
  /** Bytes of one path; what most file systems can still create below a normal folder. */
  readonly nameBytes: number;
  /** Components of one path. */
  readonly nameDepth: number;
  /** Bytes of MANIFEST.json; the largest seen is 2 kB. */
  readonly manifestBytes: number;
  /** Nesting of a JSON or YAML document. */
  readonly documentDepth: number;
}

export const defaultLimits: Limits = {
  entries: 65_535,
  totalBytes: 64 * 1024 ** 3,
  ratio: 1_032,
  nameBytes: 1_024,
  nameDepth: 64,
  manifestBytes: 1024 ** 2,
  documentDepth: 32,
};
