/** What a model of transformers does, by the end of its class's name. */
export const tasks = [
  ['ForSequenceClassification', 'text-classification'],
  ['ForTokenClassification', 'token-classification'],
  ['ForQuestionAnswering', 'question-answering'],
  ['ForMaskedLM', 'fill-mask'],
  ['ForCausalLM', 'text-generation'],
  ['LMHeadModel', 'text-generation'],
  ['ForConditionalGeneration', 'text2text-generation'],
  ['ForImageClassification', 'image-classification'],
  ['ForObjectDetection', 'object-detection'],
  ['ForSemanticSegmentation', 'image-segmentation'],
  ['ForAudioClassification', 'audio-classification'],
  ['ForCTC', 'automatic-speech-recognition'],
  ['ForSpeechSeq2Seq', 'automatic-speech-recognition'],
  ['Model', 'feature-extraction'],
] as const;
export type Task = (typeof tasks)[number][1];

export function taskOf(architectures: readonly string[]): Task | undefined {
  return tasks.find(([ending]) => architectures.some((name) => name.endsWith(ending)))?.[1];
}

/** Tasks whose pipeline takes one text or one picture and answers what JSON can say. */
const SIMPLE: ReadonlySet<Task> = new Set<Task>([
  'text-classification',
  'token-classification',
  'question-answering',
  'fill-mask',
  'text-generation',
  'feature-extraction',
  'image-classification',
  'object-detection',
]);

export function hasSimplePipeline(task: Task | undefined): task is Task {
  return task !== undefined && SIMPLE.has(task);
}
