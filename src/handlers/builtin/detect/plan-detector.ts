/** Signature, metadata and configuration → how a detector works; decided once, at load. Throws what they cannot do. */
import { ToolError } from '../../../core/errors.ts';
import { objectDetectorKeys, readHandlerOptions } from '../../../model/config/handler-keys.ts';
import type { DetectOptions, DetectorPreprocess } from '../../../model/config/image-sections.ts';
import { type LoadFacts, requireModel, requireOneInput } from '../common/require-model.ts';
import { AS_IT_IS, IMAGENET, type ImagePlan, planImages } from '../image/image-plan.ts';
import type { DetectPlan } from './detections.ts';
import { findOutputs } from './detector-outputs.ts';
import { type ExportNotes, readExportNotes } from './export-notes.ts';
import { type Recognised, recogniseFamily } from './family.ts';
import { defaultsOf } from './family-defaults.ts';
import { pictureOf } from './side-inputs.ts';

export interface DetectorPlan {
  readonly recognised: Recognised;
  readonly notes: ExportNotes | undefined;
  readonly image: ImagePlan;
  readonly preprocess: DetectorPreprocess;
  readonly detect: DetectPlan;
}

/** Tasks of Ultralytics that answer boxes; those of `obb` are turned. */
const TASKS: readonly string[] = ['detect', 'segment', 'pose'];

export function planDetector(facts: LoadFacts): DetectorPlan {
  const { inputs, outputs } = requireModel(facts);
  const asked = readHandlerOptions(objectDetectorKeys, facts.modelConfig);
  const notes = readExportNotes(facts.metadata ?? {});
  if (notes?.task !== undefined && !TASKS.includes(notes.task))
    throw new ToolError('HANDLER_UNSUPPORTED', {
      handler: 'object_detector',
      reason: `the model's metadata name the task ${notes.task}, whose answers are no upright boxes`,
    });
  const picture = pictureOf(inputs) ?? requireOneInput(facts);
  const model = { image: picture, inputs, outputs, notes };
  const { family } = asked.postprocess;
  const recognised = family === undefined ? recogniseFamily(model) : { family, why: 'model-config.yaml names it' };
  const defaults = defaultsOf(recognised.family, model);
  const preprocess = { ...withoutSize(defaults.preprocess, asked.preprocess), ...asked.preprocess };
  const options: DetectOptions = { ...defaults.postprocess, ...asked.postprocess, family: recognised.family };
  const numbers = defaults.isNormalised ? IMAGENET : AS_IT_IS;
  const { isExact } = defaults.manner;
  const image = planImages(picture, preprocess, { ...numbers, view: undefined, takesSingle: true }, isExact);
  const known = notes === undefined || notes.names.size === 0 ? undefined : notes.names.size;
  const detect = { outputs: findOutputs(outputs, options, known), options, manner: defaults.manner, fit: image.fit };
  return { recognised, notes, image, preprocess, detect };
}

/** A size or a resize of one's own replaces the family's, whichever of the two it has. */
function withoutSize(defaults: DetectorPreprocess, asked: DetectorPreprocess): DetectorPreprocess {
  if (asked.size === undefined && asked.resize === undefined) return defaults;
  const { size: _size, resize: _resize, longest: _longest, fit, ...others } = defaults;
  return asked.resize === undefined && fit !== undefined ? { ...others, fit } : others;
}

export function describeFamily(facts: LoadFacts): string {
  const { family, why } = planDetector(facts).recognised;
  return `family ${family}: ${why}`;
}
