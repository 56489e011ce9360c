import { parseYaml } from './parseYaml.ts';
import { type Settings, settingsSchema } from './settings.ts';
import { readYaml, type YamlFile } from './yamlFile.ts';

/** The settings of an installation. Throws a `ConfigurationError` that names every fault with its line. */
export const readSettings = async (file: string): Promise<Settings> => settingsIn(await readYaml(file));

/** The settings that a YAML file holds. */
export const settingsIn = (file: YamlFile): Settings =>
  parseYaml(file, settingsSchema, 'infra/configuration/settings.ts says what each setting means.');
