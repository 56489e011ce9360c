import * as z from 'zod';
import { catalogueSchema } from '../../domain/catalogueSchema.ts';

/**
 * The JSON Schema of a catalogue, for editors. What no schema can say, such as whether an approver can be reached, is left to
 * `countersign lint`.
 */
export const catalogueJsonSchema = () => ({
  ...z.toJSONSchema(catalogueSchema, { io: 'input', unrepresentable: 'any' }),
  title: 'Countersign catalogue',
  description: 'What can be asked for, by whom, and who countersigns it.',
});
