/** What Ultralytics and YOLOv5 write about a model into its ONNX file, as texts of Python. */
import { Malformed } from '../../../core/documents/malformed.ts';
import { type Literal, parseLiteral } from '../../../weights/reading/python-literal.ts';
import type { Size } from '../../image/transform.ts';

export type Metadata = Readonly<Record<string, string>>;

export interface ExportNotes {
  readonly isUltralytics: boolean;
  /** Class → its name. */
  readonly names: ReadonlyMap<number, string>;
  /** Side of the input for pictures; undefined where the file does not say. */
  readonly size: Size | undefined;
  readonly stride: number | undefined;
  /** `detect`, `segment`, `pose`, `obb`. */
  readonly task: string | undefined;
  readonly isRtDetr: boolean;
  /** Its boxes are chosen already. */
  readonly isEndToEnd: boolean;
}

/** Undefined for a model without such notes. What cannot be read is as if it were not there. */
export function readExportNotes(metadata: Metadata): ExportNotes | undefined {
  const note = (key: string) => (Object.hasOwn(metadata, key) ? metadata[key] : undefined);
  const names = readNames(read(note('names')));
  const stride = toSide(read(note('stride')));
  if (stride === undefined || (names.size === 0 && note('imgsz') === undefined)) return undefined;
  const isRtDetr = note('head') === 'RTDETRDecoder' || /\brtdetr/i.test(note('description') ?? '');
  const isEndToEnd = note('end2end') === 'True' || /'nms': True\b/.test(note('args') ?? '');
  const isUltralytics = note('author') === 'Ultralytics' || note('task') !== undefined;
  const size = readSize(read(note('imgsz')));
  return { isUltralytics, names, size, stride, task: note('task'), isRtDetr, isEndToEnd };
}

function read(text: string | undefined): Literal | undefined {
  if (text === undefined) return undefined;
  try {
    return parseLiteral(text);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** A dict by class, or a list. */
function readNames(value: Literal | undefined): ReadonlyMap<number, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  const pairs: (readonly [number, Literal])[] =
    value.kind === 'dict'
      ? [...value.numbered].map(([key, name]) => [Number(key), name])
      : value.kind === 'number'
        ? []
        : value.items.map((name, at) => [at, name]);
  return new Map(pairs.flatMap(([key, name]) => (typeof name === 'string' ? [[key, name]] : [])));
}

/** Height and width, or one side of a square. */
function readSize(value: Literal | undefined): Size | undefined {
  const side = toSide(value);
  if (side !== undefined) return { height: side, width: side };
  if (typeof value !== 'object' || value === null || !('items' in value)) return undefined;
  const [height, width] = value.items.map(toSide);
  return height === undefined || width === undefined ? undefined : { height, width };
}

/** Longest side that a note may name, in pixels. */
const MAX_SIDE = 65_535;

function toSide(value: Literal | undefined): number | undefined {
  if (typeof value !== 'object' || value === null || value.kind !== 'number' || value.value === undefined)
    return undefined;
  const side = Number(value.value);
  return side >= 1 && side <= MAX_SIDE ? side : undefined;
}
