import { extname } from 'node:path';
import { formatNames } from '../reading/named.ts';
import type { WeightsRule } from '../reading/rules.ts';

/** Kinds of ZIP that hold weights, by what may stand in them. */
interface CutFormat {
  readonly detected: string;
  /** What people call it. */
  readonly name: string;
  readonly rule: WeightsRule;
  readonly extensions: readonly string[];
  /** Names of members that it can have. */
  readonly fits: RegExp;
}

const torch = { rule: 'weights/torch-malformed', extensions: ['.pt', '.pth', '.ckpt', '.bin'] } as const;
const other = { rule: 'weights/malformed' } as const;

/** Of those that fit, the first is the most certain. */
const formats: readonly CutFormat[] = [
  {
    ...other,
    detected: formatNames.keras,
    name: 'a Keras model',
    extensions: ['.keras'],
    fits: /^(metadata\.json|config\.json|model\.weights\.(h5|npz|json)|assets\/.*)$/,
  },
  {
    ...torch,
    detected: 'torch-zip',
    name: 'a torch checkpoint',
    fits: /^([^/]+\/)?(data\.pkl|version|byteorder|\.format_version|\.storage_alignment|\.data\/.*|data\/.*)$/,
  },
  {
    ...torch,
    detected: 'torchscript',
    name: 'a TorchScript archive',
    fits: /^[^/]+\/(data\.pkl|constants\.pkl|version|byteorder|\.format_version|\.data\/.*|(data|constants|code|extra)\/.*)$/,
  },
  {
    rule: 'weights/numpy-malformed',
    detected: 'npz',
    name: 'a file of arrays of numpy',
    extensions: ['.npz'],
    fits: /\.npy$/,
  },
  {
    ...other,
    detected: formatNames.skops,
    name: 'a skops file',
    extensions: ['.skops'],
    fits: /^(schema\.json|[^/]+\.np[yz])$/,
  },
  {
    ...other,
    detected: formatNames['torch-export'],
    name: 'a program of torch.export',
    extensions: ['.pt2'],
    fits: /^(serialized_.*|version|([^/]+\/)?(archive_format|archive_version|byteorder|\.data\/.*|(models|data|extra)\/.*))$/,
  },
];

/**
 * What a ZIP without its directory was, by the members before the cut. Several formats begin alike: of those that fit, the
 * one that the file is named for counts.
 */
export function findCutFormat(members: readonly string[], fileName: string): CutFormat | undefined {
  const extension = extname(fileName).toLowerCase();
  const named = formats.find(({ extensions }) => extensions.includes(extension));
  const fitting = formats.filter(({ fits }) => members.every((name) => fits.test(name)));
  if (members.length === 0) return named;
  return fitting.find(({ extensions }) => extensions.includes(extension)) ?? fitting[0];
}
