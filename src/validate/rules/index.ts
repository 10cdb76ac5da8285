import type { Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { structureRules } from './archive/structure.ts';
import { marServe } from './compatibility/mar-serve.ts';
import { runtimeHandler } from './compatibility/runtime-handler.ts';
import { torchServeOnnx } from './compatibility/torchserve-onnx.ts';
import { torchServeRuntime } from './compatibility/torchserve-runtime.ts';
import { configHandlerKeys } from './config/handler-keys.ts';
import { configLabels } from './config/labels.ts';
import { configNoEffect } from './config/no-effect.ts';
import { configReadable } from './config/readable.ts';
import { configRequirementFiles } from './config/requirement-files.ts';
import { configRequirementLines } from './config/requirement-lines.ts';
import { configRequirementPins } from './config/requirement-pins.ts';
import { configRequirementSources } from './config/requirement-sources.ts';
import { configRequirements } from './config/requirements.ts';
import { configUnknown } from './config/unknown.ts';
import { configValues } from './config/values.ts';
import { handlerAnswers } from './handler/answers.ts';
import { handlerBuiltin } from './handler/builtin.ts';
import { handlerLoads } from './handler/loads.ts';
import { handlerModuleEntry } from './handler/module-entry.ts';
import { handlerModuleImports } from './handler/module-imports.ts';
import { handlerModuleSyntax } from './handler/module-syntax.ts';
import { handlerPresent } from './handler/present.ts';
import { handlerPythonEntry } from './handler/python-entry.ts';
import { handlerPythonImports } from './handler/python-imports.ts';
import { handlerPythonSyntax } from './handler/python-syntax.ts';
import { hygieneJunk } from './hygiene/junk.ts';
import { hygieneSecrets } from './hygiene/secrets.ts';
import { hygieneSize } from './hygiene/size.ts';
import { manifestFileNames } from './manifest/file-names.ts';
import { manifestFiles } from './manifest/files.ts';
import { manifestHandler } from './manifest/handler.ts';
import { manifestModel } from './manifest/model.ts';
import { manifestModelName } from './manifest/model-name.ts';
import { manifestModelVersion } from './manifest/model-version.ts';
import { manifestOnlyOne } from './manifest/only-one.ts';
import { manifestOrigin } from './manifest/origin.ts';
import { manifestPresent } from './manifest/present.ts';
import { manifestReadable } from './manifest/readable.ts';
import { manifestRecord } from './manifest/record.ts';
import { manifestRuntime } from './manifest/runtime.ts';
import { manifestShape } from './manifest/shape.ts';
import { weightsLabelCount } from './weights/label-count.ts';
import { weightsLabels } from './weights/labels.ts';
import { weightsModelClass } from './weights/model-class.ts';
import { weightsModelFile } from './weights/model-file.ts';
import { weightsNeeded } from './weights/needed.ts';
import { weightsRecognised } from './weights/recognised.ts';
import { soundWeightsRules } from './weights/sound.ts';
import { workflowRules } from './workflow/index.ts';

/**
 * Every rule, in the order of its findings: rules without which others cannot be checked come first. To add one: its
 * file, and a line here.
 */
export const allRules: readonly Rule[] = [
  ...structureRules,
  manifestPresent,
  manifestReadable,
  manifestShape,
  manifestModel,
  manifestModelName,
  manifestModelVersion,
  manifestRuntime,
  manifestHandler,
  manifestFiles,
  manifestFileNames,
  manifestOnlyOne,
  manifestOrigin,
  ...workflowRules,
  manifestRecord,
  configNoEffect,
  configReadable,
  configValues,
  configUnknown,
  configHandlerKeys,
  configLabels,
  configRequirements,
  configRequirementSources,
  configRequirementFiles,
  configRequirementLines,
  configRequirementPins,
  weightsRecognised,
  ...soundWeightsRules,
  weightsNeeded,
  weightsModelFile,
  weightsModelClass,
  weightsLabels,
  weightsLabelCount,
  handlerPresent,
  handlerBuiltin,
  handlerPythonSyntax,
  handlerPythonEntry,
  handlerPythonImports,
  handlerModuleSyntax,
  handlerModuleEntry,
  handlerModuleImports,
  runtimeHandler,
  torchServeOnnx,
  torchServeRuntime,
  marServe,
  hygieneSecrets,
  hygieneJunk,
  hygieneSize,
  handlerLoads,
  handlerAnswers,
];

/** Whether a subject can be checked at all: the structure of an archive, the format of a single weights file. */
export function foundationRules(kind: Subject['kind']): readonly Rule[] {
  return kind === 'weights' ? [weightsRecognised, ...soundWeightsRules] : structureRules;
}

/** The rules that apply before an archive is written: the structure will be that of our own writer. */
export const packRules: readonly Rule[] = allRules.filter(({ id, needs }) => !id.startsWith('archive/') && !needs);
