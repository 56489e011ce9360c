import type { Entitlement } from '#client/answers.ts';
import { visibleLine } from '#domain/visibleText.ts';
import { wholeMatch } from '#domain/wholeMatch.ts';
import { nearestName } from '#infra/configuration/nearestName.ts';
import { CommandError } from '../commandError.ts';
import { ask, canAsk } from '../terminal/question.ts';

type Parameter = Entitlement['parameters'][number];

/** The values of an entitlement's parameters, of `--set name=value …`. A required one that is missing is asked for on a terminal. */
export async function parametersOf(
  { id, parameters }: Entitlement,
  settings: readonly string[],
): Promise<Record<string, string>> {
  const given = new Map<string, string>();
  for (const setting of settings) {
    const { name, value } = settingOf(setting);
    const parameter = parameters.find((each) => each.name === name);
    if (!parameter) throw unknownParameter(id, parameters, name);
    if (given.has(name)) throw new CommandError(`--set ${name} is given twice. Leave one out.`);
    given.set(name, checkedValue(parameter, value));
  }
  for (const parameter of parameters)
    if (parameter.required && !given.has(parameter.name))
      given.set(parameter.name, checkedValue(parameter, await missingValue(parameter)));
  return Object.fromEntries(given);
}

function settingOf(setting: string): { name: string; value: string } {
  const at = setting.indexOf('=');
  if (at < 1) throw new CommandError(`--set takes name=value, not "${visibleLine(setting)}".`);
  return { name: setting.slice(0, at), value: setting.slice(at + 1) };
}

async function missingValue({ name, title }: Parameter): Promise<string> {
  if (canAsk()) return ask(`${visibleLine(title)} (${name}):`);
  throw new CommandError(`Give the parameter ${name} (${visibleLine(title)}): --set ${name}=…`);
}

function checkedValue({ name, values, pattern, maxLength }: Parameter, value: string): string {
  const fault =
    value === '' || value.length > maxLength
      ? `takes 1 to ${maxLength} characters`
      : values && !values.includes(value)
        ? `is one of ${values.join(', ')}`
        : pattern !== undefined && !wholeMatch(pattern).test(value)
          ? `has to match ${pattern}`
          : undefined;
  if (fault !== undefined) throw new CommandError(`The parameter ${name} ${fault}. Change --set ${name}=…`);
  return value;
}

function unknownParameter(id: string, parameters: readonly Parameter[], name: string): CommandError {
  const names = parameters.map((parameter) => parameter.name);
  const meant = nearestName(name, names);
  const next = meant
    ? `Did you mean "${meant}"?`
    : names.length > 0
      ? `It has ${names.join(', ')}.`
      : 'It takes none: leave out --set.';
  return new CommandError(`${id} has no parameter "${visibleLine(name)}". ${next}`);
}
