import type { Route } from '../infra/routes.ts';

export interface RouteMatch {
  route: Route;
  pathParameters: Record<string, string> | null;
}

export interface RouteTable {
  /** The route of a method and a path as it was sent; else the methods that the path has, none for an unknown path. */
  find(method: string, path: string): RouteMatch | { allowed: string[] };
}

/** API Gateway's matching: `{name}` is one segment, `{name+}` the rest, and literal segments win over parameters. */
export function createRouteTable(routes: readonly Route[]): RouteTable {
  const compiled = routes.map((route) => ({ route, ...compile(route.path) }));
  compiled.sort((a, b) => a.parameterCount - b.parameterCount);
  return {
    find(method, path) {
      const wanted = method === 'HEAD' ? 'GET' : method;
      const candidates = compiled.flatMap(({ route, pattern }) => {
        const match = pattern.exec(path);
        return match ? [{ route, pathParameters: decoded(match.groups) }] : [];
      });
      const found = candidates.find(({ route }) => route.method === wanted);
      if (found) return found;
      const methods = new Set<string>(candidates.map(({ route }) => route.method));
      if (methods.has('GET')) methods.add('HEAD');
      return { allowed: [...methods] };
    },
  };
}

/** Decoded after matching, so that an encoded slash stays inside its segment. Throws URIError on `%zz`. */
function decoded(groups: Record<string, string> | undefined): Record<string, string> | null {
  if (!groups) return null;
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}

function compile(path: string): { pattern: RegExp; parameterCount: number } {
  const segments = path.split('/').map((segment) => {
    const parameter = /^\{(\w+)(\+?)\}$/.exec(segment);
    if (!parameter) return segment.replace(/[^\w-]/g, '\\$&');
    return `(?<${parameter[1]}>${parameter[2] ? '.+' : '[^/]+'})`;
  });
  const parameterCount = segments.filter((segment) => segment.startsWith('(?<')).length;
  return { pattern: new RegExp(`^${segments.join('/')}$`, 's'), parameterCount };
}
