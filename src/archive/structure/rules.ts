import { nameRules } from './name-rules.ts';
import type { ArchiveRule } from './types.ts';

const REPACK = 'Write it again with mar repack, or pack the files with mar pack.';
const FETCH_AGAIN = 'Fetch or write the archive again; compare its size and checksum with the origin.';
const TWO_VIEWS =
  'TorchServe reads an archive front to back, other tools read the directory at its end. If the two differ, a scanner sees other files than the server.';

const structure = {
  'archive/format': {
    severity: 'error',
    title: 'The file is a ZIP, a tar or a gzipped tar',
    help: `Its first and last bytes match none of them. ${FETCH_AGAIN}`,
  },
  'archive/end-record': {
    severity: 'error',
    title: 'The ZIP ends with one end record',
    help: `Otherwise the file is truncated, or two archives were joined. ${FETCH_AGAIN}`,
  },
  'archive/suffix': {
    severity: 'error',
    title: 'Nothing follows the end record',
    help: `Bytes after the end of an archive are invisible to most tools. ${REPACK}`,
  },
  'archive/prefix': {
    severity: 'error',
    title: 'Nothing precedes the first member',
    help: `A self-extracting stub or a hidden member before the listed ones has no use in a model archive. ${REPACK}`,
  },
  'archive/comment': {
    severity: 'warning',
    title: 'The archive comment is short',
    help: 'A long comment can hide data. Remove it with: zip -z',
  },
  'archive/multi-disk': {
    severity: 'error',
    title: 'The archive is in one piece',
    help: `Split archives cannot be loaded by TorchServe. ${REPACK}`,
  },
  'archive/zip64': {
    severity: 'error',
    title: 'The zip64 records are exact',
    help: `Readers that read 64-bit sizes and offsets differently see different members. ${REPACK}`,
  },
  'archive/zip64-small': {
    severity: 'warning',
    title: 'Small members do not end in a 64-bit data descriptor',
    help: `It is valid ZIP, but Java's stream reader, which is TorchServe's, expects the 32-bit form below 4 GiB and fails with "invalid entry size". ${REPACK}`,
  },
  'archive/central-bounds': {
    severity: 'error',
    title: 'The central directory is at the offset that the end record gives',
    help: FETCH_AGAIN,
  },
  'archive/central-count': {
    severity: 'error',
    title: 'The central directory holds as many members as the end record says',
    help: FETCH_AGAIN,
  },
  'archive/central-header': {
    severity: 'error',
    title: 'Every central header is complete',
    help: FETCH_AGAIN,
  },
  'archive/extra-field': {
    severity: 'error',
    title: 'Extra fields are well formed',
    help: `Readers that fail at different points of a broken extra field see different members. ${REPACK}`,
  },
  'archive/encryption': {
    severity: 'error',
    title: 'Members are not encrypted',
    help: `TorchServe cannot ask for a password, and scanners cannot look inside. ${REPACK}`,
  },
  'archive/flags': {
    severity: 'error',
    title: 'General purpose flags are known ones',
    help: `Only the deflate level (bits 1 and 2), the data descriptor (bit 3) and UTF-8 (bit 11) have a use here. ${REPACK}`,
  },
  'archive/method': {
    severity: 'error',
    title: 'Members are stored or deflated',
    help: `TorchServe's reader knows no other compression method. ${REPACK}`,
  },
  'archive/stored-size': {
    severity: 'error',
    title: 'A stored member has the size that its header says',
    help: TWO_VIEWS,
  },
  'archive/local-header': {
    severity: 'error',
    title: 'Every member has a local header',
    help: TWO_VIEWS,
  },
  'archive/local-mismatch': {
    severity: 'error',
    title: 'Local and central headers agree',
    help: TWO_VIEWS,
  },
  'archive/order': {
    severity: 'error',
    title: 'Members are in the order of the central directory',
    help: `${TWO_VIEWS} ${REPACK}`,
  },
  'archive/gap': {
    severity: 'error',
    title: 'No bytes are between members',
    help: `${TWO_VIEWS} A gap can hold a member that only the server sees.`,
  },
  'archive/overlap': {
    severity: 'error',
    title: 'No two members share bytes',
    help: 'Overlapping members are how a small archive unpacks to petabytes.',
  },
  'archive/descriptor': {
    severity: 'error',
    title: 'Data descriptors agree with the directory',
    help: TWO_VIEWS,
  },
  'archive/descriptor-stored': {
    severity: 'error',
    title: 'No stored member has a data descriptor',
    help: `TorchServe fails with "only DEFLATED entries can have EXT descriptor": its reader cannot find where the member ends. ${REPACK}`,
  },
  'archive/special-file': {
    severity: 'error',
    title: 'Members are regular files and folders',
    help: 'Links, devices and pipes can lead out of the folder into which an archive is unpacked. Pack the file they point to.',
  },
  'archive/folder-data': {
    severity: 'error',
    title: 'A folder has no content',
    help: `Readers disagree whether such a member is a file. ${REPACK}`,
  },
  'archive/setuid': {
    severity: 'warning',
    title: 'No member asks for setuid, setgid or sticky',
    help: 'The bits are dropped on extraction; a model has no use for them.',
  },
  'archive/ratio': {
    severity: 'error',
    title: 'Members do not expand beyond the limit',
    help: 'DEFLATE cannot expand more than 1,032 times; a header that claims more is false. A lower limit is a choice of yours.',
  },
  'archive/entries': {
    severity: 'error',
    title: 'The number of members is within the limit',
    help: 'Raise the limit if you trust the archive; no model archive seen had over 2,000 members.',
  },
  'archive/total-size': {
    severity: 'error',
    title: 'The unpacked size is within the limit',
    help: 'Raise the limit if you trust the archive and have the space.',
  },
  'archive/manifest-size': {
    severity: 'error',
    title: 'The manifest is small',
    help: 'TorchServe parses it in memory; the largest seen is 2 kB.',
  },
  'archive/inflate': {
    severity: 'error',
    title: 'Deflated data is valid',
    help: FETCH_AGAIN,
  },
  'archive/inflate-size': {
    severity: 'error',
    title: 'Deflated data has exactly the sizes that its header says',
    help: TWO_VIEWS,
  },
  'archive/crc': {
    severity: 'error',
    title: 'Content equals its CRC-32',
    help: FETCH_AGAIN,
  },
  'archive/gzip': {
    severity: 'error',
    title: 'The gzip stream is complete',
    help: FETCH_AGAIN,
  },
  'archive/tar-header': {
    severity: 'error',
    title: 'Every tar header is valid',
    help: FETCH_AGAIN,
  },
  'archive/tar-truncated': {
    severity: 'error',
    title: 'The tar is complete',
    help: FETCH_AGAIN,
  },
  'archive/tar-hidden': {
    severity: 'error',
    title: 'Nothing follows the end of the tar',
    help: 'Some readers stop at the first empty block, others continue: only some see the members after it.',
  },
  'archive/tar-sparse': {
    severity: 'error',
    title: 'No tar member is sparse',
    help: `Readers without support for sparse members unpack other bytes. ${REPACK}`,
  },
  'archive/pax': {
    severity: 'error',
    title: 'PAX records are well formed and mean one thing',
    help: `Records that two readers understand differently give two different trees. ${REPACK}`,
  },
  'archive/flat-tar': {
    severity: 'info',
    title: 'The tar has one top folder',
    help: 'TorchServe removes the first component of every name in a tar: MAR-INF/MANIFEST.json at the root is then not found. Put everything below one folder.',
  },
  'archive/duplicate': {
    severity: 'error',
    title: 'No two members have the same name',
    help: 'Which of them is used depends on the reader: scanners often take the first, TorchServe the last.',
  },
  'archive/collision': {
    severity: 'error',
    title: 'Names differ on every file system, and look different',
    help: 'Names that differ only in case or in Unicode form, or of which one is the short form of the other, become one file on macOS or Windows, so one of them is lost. Names that differ only in letters that look the same can be mistaken for each other.',
  },
  'archive/file-as-folder': {
    severity: 'error',
    title: 'No file is also a folder',
    help: 'Such an archive cannot be unpacked.',
  },
  'archive/name-encoding': {
    severity: 'error',
    title: 'Names are UTF-8 and flagged as such',
    help: `Without the flag each reader guesses another encoding: Java UTF-8, Python code page 437. ${REPACK}`,
  },
  'archive/unicode-path': {
    severity: 'error',
    title: 'The Unicode path field repeats the name',
    help: 'Some readers take the name of the extra field 0x7075, others that of the header.',
  },
  'archive/left-out': {
    severity: 'info',
    title: 'Every problem of the archive is listed',
    help: 'The list of problems has a limit, so that a hostile archive cannot fill the memory. Fix the listed problems and validate again.',
  },
  'archive/second-reader': {
    severity: 'error',
    title: 'An independent reader sees the same members and bytes',
    help: TWO_VIEWS,
  },
} as const satisfies Record<`archive/${string}`, ArchiveRule>;

/** Every rule id of the archive readers. Ids are permanent. */
export const archiveRules = { ...structure, ...nameRules };

export type ArchiveRuleId = keyof typeof archiveRules;
