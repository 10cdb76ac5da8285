import { expect, test } from 'vitest';
import { hasSimplePipeline, taskOf } from '../../../../../src/model/artefact/readers/hugging-face/tasks.ts';

test.each([
  ['BertForSequenceClassification', 'text-classification', true],
  ['GPT2LMHeadModel', 'text-generation', true],
  ['BertModel', 'feature-extraction', true],
  ['ViTForImageClassification', 'image-classification', true],
  ['SegformerForSemanticSegmentation', 'image-segmentation', false],
  ['Wav2Vec2ForCTC', 'automatic-speech-recognition', false],
  ['SomethingElse', undefined, false],
])('%s', (name, task, simple) => {
  expect(taskOf([name])).toBe(task);
  expect(hasSimplePipeline(taskOf([name]))).toBe(simple);
});
