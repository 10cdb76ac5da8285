import type { Rule } from '../../rule.ts';
import { workflowFunctions } from './functions.ts';
import { workflowGraph } from './graph.ts';
import { workflowManifest } from './manifest.ts';
import { workflowModels } from './models.ts';
import { workflowSettings } from './settings.ts';
import { workflowSpec } from './spec.ts';

/** What is known about a workflow archive (.war) without running it. */
export const workflowRules: readonly Rule[] = [
  workflowManifest,
  workflowSpec,
  workflowGraph,
  workflowModels,
  workflowSettings,
  workflowFunctions,
];
