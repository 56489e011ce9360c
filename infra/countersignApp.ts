import { App, Tags } from 'aws-cdk-lib';
import cdk from '../cdk.json' with { type: 'json' };
import type { Catalogue } from '../domain/catalogue.ts';
import type { Settings } from './configuration/settings.ts';
import type { FunctionName } from './functions.ts';
import { ServiceStack } from './serviceStack.ts';
import { TargetStack } from './targetStack.ts';
import { TrailStack } from './trailStack.ts';

export interface CountersignAppProps {
  settings: Settings;
  catalogue: Catalogue;
  /** Folder of each function: its bundle, and what lies beside it. */
  code: Record<FunctionName, string>;
  /** Where the templates go; the CDK's own choice without it. */
  outdir?: string;
}

/** All stacks of an installation: the service, one for each target of the catalogue, and the trail. */
export function countersignApp({ settings, catalogue, code, outdir }: CountersignAppProps): App {
  // The CLI hands on the feature flags of cdk.json; whoever synthesizes without it gets the same here.
  const app = new App({ context: cdk.context, ...(outdir !== undefined && { outdir }) });
  new ServiceStack(app, 'CountersignService', { settings, catalogue, code });
  for (const target of Object.keys(catalogue.targets))
    new TargetStack(app, `CountersignTarget-${target}`, { settings, catalogue, target });
  new TrailStack(app, 'CountersignTrail', { settings, catalogue, code });
  for (const [key, value] of Object.entries(settings.tags)) Tags.of(app).add(key, value);
  return app;
}
