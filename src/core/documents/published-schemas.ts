import { z } from 'zod';

/** The schemas that `npm run schemas` writes into `schemas/`. A file adds its own, below the schema. */
export const publishedSchemas = z.registry<{
  /** Name of the file, without its ending. */
  readonly file: string;
  /** The document or command that the schema describes. */
  readonly title: string;
  /** Whether we read such documents or write them: they differ in what has a default. */
  readonly io: 'input' | 'output';
}>();
