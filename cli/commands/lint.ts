import { command } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { answer } from '../terminal/answer.ts';

export const lint = command({
  name: 'lint',
  says: 'Checks a catalogue, with countersign.config.yaml beside it where there is one: keys, limits of AWS, whether the approvers can be reached, actions that AWS does not have or that nobody should allow by accident, patterns that a text could keep busy. Faults answer 1, warnings 0.',
  words: [{ name: 'CATALOGUE', says: 'the file (catalogue.yaml)', optional: true }],
  options: {
    schema: { type: 'boolean', says: 'prints the JSON Schema of a catalogue instead, for editors' },
  },
  examples: [
    ['countersign lint', 'checks catalogue.yaml in this folder'],
    ['countersign lint --json access/catalogue.yaml', 'findings with file and line, for CI'],
    ['countersign lint --schema > catalogue.schema.json', 'for an editor that knows YAML'],
  ],
  async run({ values, words: [catalogue = 'catalogue.yaml'] }) {
    if (values.schema) return printSchema();
    const { checkFiles } = await import('../lint/checkedFiles.ts');
    const { countOf, findingLines } = await import('../lint/findingLines.ts');
    const checked = await checkFiles(catalogue);
    const { findings } = checked;
    const [faults, warnings] = [countOf(findings, 'fault'), countOf(findings, 'warning')];
    answer({ ...checked, faults, warnings }, () => findingLines(checked, process.stdout), values);
    return faults > 0 ? exitCodes.no : exitCodes.done;
  },
});

async function printSchema(): Promise<number> {
  const { catalogueJsonSchema } = await import('#infra/configuration/catalogueJsonSchema.ts');
  process.stdout.write(`${JSON.stringify(catalogueJsonSchema(), null, 2)}\n`);
  return exitCodes.done;
}
