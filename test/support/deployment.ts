import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type FunctionName, functionNames } from '../../infra/functions.ts';
import { functionResourceName } from '../../infra/installation.ts';
import type { DeployedFunction } from './executionEnvironment.ts';

/** What of a function's template resource says how it runs. */
const functionSchema = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Properties: z.object({
    FunctionName: z.string(),
    Handler: z.string(),
    Timeout: z.number(),
    MemorySize: z.number(),
    Code: z.object({ S3Key: z.string() }),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});
const templateSchema = z.object({ Resources: z.record(z.string(), z.unknown()) });
const assetsSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string(), packaging: z.string() }) })),
});

type Properties = z.infer<typeof functionSchema>['Properties'];

/**
 * The functions of all stacks of a cloud assembly, their deployment packages copied into folders of their own below
 * `directory`: whatever a function would find above its package in the repository is not there.
 */
export async function deployedFunctions(
  assembly: string,
  directory: string,
): Promise<Record<FunctionName, DeployedFunction>> {
  const templates = (await readdir(assembly)).filter((file) => file.endsWith('.template.json'));
  const deployed = new Map<string, DeployedFunction>();
  for (const template of templates) {
    for (const properties of await functionsOf(join(assembly, template))) {
      const taskRoot = join(directory, properties.FunctionName);
      const assets = join(assembly, template.replace('.template.', '.assets.'));
      await cp(join(assembly, await packageOf(properties, assets)), taskRoot, { recursive: true });
      deployed.set(properties.FunctionName, asDeployed(properties, taskRoot));
    }
  }
  const entries = functionNames.map((name) => [name, deployed.get(functionResourceName(name))]);
  return Object.fromEntries(entries);
}

async function functionsOf(template: string): Promise<Properties[]> {
  const { Resources } = templateSchema.parse(await jsonOf(template));
  return Object.values(Resources).flatMap((resource) => {
    const { data } = functionSchema.safeParse(resource);
    return data ? [data.Properties] : [];
  });
}

/** Folder in the assembly that is uploaded as the function's code. */
async function packageOf({ Code }: Properties, assets: string): Promise<string> {
  const { files } = assetsSchema.parse(await jsonOf(assets));
  const source = files[Code.S3Key.replace(/\.zip$/, '')]?.source;
  if (source?.packaging !== 'zip') throw new Error(`${Code.S3Key} is not packaged with its stack.`);
  return source.path;
}

function asDeployed(properties: Properties, taskRoot: string): DeployedFunction {
  const variables = Object.entries(properties.Environment.Variables).map(([name, value]) => [
    name,
    typeof value === 'string' && value.startsWith('/var/task/')
      ? value.replace('/var/task', taskRoot)
      : undefined,
  ]);
  return {
    name: properties.FunctionName,
    taskRoot,
    handler: properties.Handler,
    timeoutSeconds: properties.Timeout,
    memoryMegabytes: properties.MemorySize,
    variables: Object.fromEntries(variables),
  };
}

const jsonOf = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
