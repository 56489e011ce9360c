/** A browser as far as a sign-in needs one: cookies by path, redirects one at a time, forms. */
export class Visitor {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  /** The page at the end of all redirects; with `form`, what it answers to that. */
  async visit(url: string, form?: Record<string, string>): Promise<Page> {
    const { pathname } = new URL(url);
    const sent = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path));
    const headers = { cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; ') };
    const body = form && new URLSearchParams(form);
    const response = await fetch(url, { redirect: 'manual', headers, ...(body && { method: 'POST', body }) });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = '', path = '/'] = /^([^=]+)=([^;]*).*path=([^;]+)/i.exec(cookie) ?? [];
      this.#cookies.set(name, { value, path });
    }
    const location = response.headers.get('location');
    if (location) return this.visit(new URL(location, url).href);
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Fills in the first form of a page. */
  submit({ url, text }: Page, fields: Record<string, string> = {}): Promise<Page> {
    const form = /<form[^>]*action="([^"]+)"[^>]*>(.*?)<\/form>/s.exec(text);
    if (!form) throw new Error(`There is no form in: ${text}`);
    const inputs = (form[2] ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
    const hidden = Object.fromEntries(Array.from(inputs, ([, name = '', value = '']) => [name, value]));
    return this.visit(new URL(form[1] ?? '', url).href, { ...hidden, ...fields });
  }
}

export interface Page {
  url: string;
  status: number;
  headers: Headers;
  text: string;
}

/** Signs in at the local issuer, from the address that a command shows. Answers the page at the end. */
export async function signInAs(email: string, url: string): Promise<Page> {
  const visitor = new Visitor();
  return visitor.submit(await visitor.visit(url), { email });
}

/** Types the code of a device grant, confirms it, and signs in. */
export async function typeCode(email: string, { url, code }: { url: string; code: string }): Promise<Page> {
  const visitor = new Visitor();
  const confirm = await visitor.submit(await visitor.visit(url), { user_code: code });
  return visitor.submit(await visitor.submit(confirm), { email });
}
