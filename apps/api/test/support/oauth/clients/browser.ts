import { HttpClient } from '../../http-client.js';

const HOPS_MAX = 20;
const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html,*/*' };

/**
 * One person's browser, over any number of hosts: keeps cookies per host, follows redirects, tells as browsers do where a navigation
 * comes from, and acts on the portal's pages as the person would (signs in, allows), through the addresses that those pages call.
 */
export class Browser {
  private readonly jars = new Map<string, HttpClient>();
  /** Pages of the portal on which the person did something, in order, e.g. `/login`. */
  readonly pages: string[] = [];

  constructor(
    private readonly portal: string,
    private readonly person: { login: string; password: string },
  ) {}

  /** The cookies and requests of one host. */
  at(origin: string): HttpClient {
    let jar = this.jars.get(origin);
    if (jar === undefined) this.jars.set(origin, (jar = new HttpClient(origin)));
    return jar;
  }

  /** Signs in before anything else, as somebody who has the portal open. */
  async signIn(): Promise<this> {
    const answer = await this.at(this.portal).post('/api/v1/auth/login', this.person);
    if (answer.status !== 200) throw new Error(`could not sign in: ${answer.text}`);
    return this;
  }

  /**
   * Opens an address and goes where it leads.
   * @param until beginning of the address at which to stop without opening it: the application's
   * @returns the address reached, and the page that stands there when it was opened
   */
  async open(address: string | URL, until?: string): Promise<{ url: URL; text: string; status: number }> {
    let url = new URL(address);
    let site = 'cross-site';
    for (let hop = 0; hop < HOPS_MAX; hop++) {
      if (until !== undefined && url.href.startsWith(until)) return { url, text: '', status: 0 };
      const answer = await this.at(url.origin).get(url.pathname + url.search, {
        headers: { ...NAVIGATION, 'sec-fetch-site': site },
      });
      const location = answer.headers.get('location');
      if (location === null) {
        const next = url.origin === this.portal ? await this.act(url) : null;
        if (next === null) return { url, text: answer.text, status: answer.status };
        site = 'same-origin';
        url = new URL(next, url);
      } else {
        url = new URL(location, url);
      }
    }
    throw new Error(`more than ${HOPS_MAX} hops, last ${url.href}`);
  }

  /** What a person does on a page of ours; null: nothing that leads on. */
  private async act(url: URL): Promise<string | null> {
    const http = this.at(this.portal);
    switch (url.pathname) {
      case '/login': {
        this.pages.push(url.pathname);
        await this.signIn();
        return url.searchParams.get('next');
      }
      case '/oauth/consent': {
        this.pages.push(url.pathname);
        const body = { request: url.search.slice(1), allow: true };
        return (await http.post<{ location: string }>('/api/v1/oauth/consent', body)).json.location;
      }
      default:
        return null;
    }
  }

  /** Types the code that a device shows, and allows it. */
  async allowDevice(userCode: string): Promise<void> {
    const answer = await this.at(this.portal).post('/api/v1/oauth/device', { userCode, allow: true });
    if (answer.status >= 300) throw new Error(`not allowed: ${answer.text}`);
  }

  /** Whether the portal still knows the person here. */
  async isSignedIn(): Promise<boolean> {
    return (await this.at(this.portal).get('/api/v1/users/me')).status === 200;
  }
}
