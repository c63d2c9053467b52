import { LastingBrowser } from './lasting-browser.js';

describe('a browser that crashes', () => {
  let crashes = 0;
  const browser = new LastingBrowser(() => (crashes += 1));
  afterAll(() => browser.close());

  it('is told of, and another takes its place', async () => {
    await browser.start();
    const first = browser.current;
    await browser.start();
    expect(browser.current).toBe(first);

    const gone = new Promise((done) => first.once('disconnected', done));
    const session = await first.newBrowserCDPSession();
    await session.send('Browser.crash').catch(() => undefined);
    await gone;
    expect(crashes).toBe(1);
    await expect(first.newPage()).rejects.toThrow();

    await browser.start();
    const page = await browser.current.newPage();
    await page.setContent('<p>here again</p>');
    expect(await page.locator('p').innerText()).toBe('here again');
  }, 120_000);

  it('is not meant when it is closed', async () => {
    await browser.start();
    await browser.close();
    expect(crashes).toBe(1);
    expect(() => browser.current).toThrow('only inside tests');
  });
});
