import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { parse } from 'yaml';
import type * as z from 'zod';
import type { Catalogue } from '#domain/catalogue.ts';
import { type Settings, settingsSchema } from '#infra/configuration/settings.ts';
import { countersignApp } from '#infra/countersignApp.ts';
import { type FunctionName, functionNames } from '#infra/functions.ts';
import { aCatalogue } from './builders.ts';
import { resolve } from './resolve.ts';
import { sampleSettings, textOf } from './sample.ts';

export type SettingsSource = z.input<typeof settingsSchema>;

export interface Resource {
  Type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- properties have as many shapes as there are resource types.
  Properties?: any;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Template {
  Resources: Record<string, Resource>;
  Parameters?: Record<string, { Default?: string }>;
  Conditions?: Record<string, unknown>;
  Outputs?: Record<string, { Value: unknown; Description?: string }>;
}

/** Where a template is deployed. */
export interface Place {
  account: string;
  region: string;
}

export interface Stacks {
  service: Template;
  /** By the target's name in the catalogue. */
  targets: Record<string, Template>;
  trail: Template;
  /** Every template by the name of its stack, those included that exist in some regions only. */
  all: Record<string, Template>;
}

/** The sample's settings as they are written, edited if the test needs others, and parsed. */
export function someSettings(edit: (source: SettingsSource) => void = () => {}): Settings {
  const source = parse(textOf(sampleSettings));
  edit(source);
  return settingsSchema.parse(source);
}

/** Where each template is deployed: it does not say so itself. */
const places = new WeakMap<Template, Place>();
let sample: Stacks | undefined;

/**
 * The templates of an installation as plain JSON: of the repository's own settings and catalogue, or of edited ones.
 * The functions are empty, and nothing is checked: a test of its own does that.
 */
export function synthesized(edited?: { settings?: Settings; catalogue?: Catalogue }): Stacks {
  if (edited) return synthesize(edited.settings ?? someSettings(), edited.catalogue ?? aCatalogue());
  sample ??= synthesize(someSettings(), aCatalogue());
  return sample;
}

function synthesize(settings: Settings, catalogue: Catalogue): Stacks {
  const outdir = mkdtempSync(join(tmpdir(), 'countersign-stacks-'));
  process.env.CDK_VALIDATION = 'false';
  try {
    const code = emptyFunctions(mkdtempSync(join(outdir, 'functions-')));
    const all = templatesOf(countersignApp({ settings, catalogue, code, outdir }));
    const targets = Object.keys(catalogue.targets).map(
      (target) => [target, stackOf(all, `CountersignTarget-${target}`)] as const,
    );
    return {
      service: stackOf(all, 'CountersignService'),
      targets: Object.fromEntries(targets),
      trail: stackOf(all, 'CountersignTrail'),
      all,
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** One folder for all of them: what they do is not what is deployed here. */
function emptyFunctions(folder: string): Record<FunctionName, string> {
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => {};\n');
  return Object.fromEntries(functionNames.map((name) => [name, folder])) as Record<FunctionName, string>;
}

/** The templates of an app by the names of its stacks. */
export function templatesOf(app: App): Record<string, Template> {
  const templates: Record<string, Template> = {};
  for (const { stackName, template, environment } of app.synth().stacks) {
    places.set(template, { account: environment.account, region: environment.region });
    templates[stackName] = template;
  }
  return templates;
}

function stackOf(templates: Record<string, Template>, name: string): Template {
  const template = templates[name];
  if (!template) throw new RangeError(`There is no stack ${name}.`);
  return template;
}

/** The resources of a type by their logical ids. */
export const resourcesOfType = (template: Template, type: string): Record<string, Resource> =>
  Object.fromEntries(Object.entries(template.Resources).filter(([, { Type }]) => Type === type));

/**
 * A value of a template as it is once deployed: references, attributes and joins become literals, those that AWS would
 * make up the same ones each time.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- what stands in a template has every shape.
export const resolved = (template: Template, value: unknown, place = placeOf(template)): any =>
  resolve(template, place, value);

const placeOf = (template: Template): Place =>
  places.get(template) ?? { account: '999988887777', region: 'us-east-1' };
