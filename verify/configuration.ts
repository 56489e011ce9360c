import { readConfiguration } from '../infra/configuration/readConfiguration.ts';
import { CannotTell } from './check.ts';

/** What would be deployed, and any entitlement of it: their policies and patterns are what is tried. */
export async function deployedConfiguration() {
  const files = { settings: 'countersign.config.yaml', catalogue: 'catalogue.yaml' };
  const { settings, catalogue } = await readConfiguration(files);
  const [entry] = catalogue.entries.values();
  if (!entry) throw new CannotTell('catalogue.yaml has no entitlement.');
  return { settings, catalogue, entry };
}
