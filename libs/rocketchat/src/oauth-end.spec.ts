import { readOAuthEnd } from './oauth-end.js';

describe('the page at the end of the legacy OAuth flow', () => {
  const page = (inner: string) => `<!doctype html><html><body>${inner}</body></html>`;

  it('is read as Meteor writes it, and as the double does', () => {
    const wanted = { credentialToken: 'one-attempt', credentialSecret: 's&cret' };
    const config = '{&quot;setCredentialToken&quot;:true,&quot;credentialToken&quot;:&quot;one-attempt&quot;,';
    const end = '&quot;credentialSecret&quot;:&quot;s&amp;cret&quot;}';
    expect(readOAuthEnd(page(`<div id="config" style="display:none;">${config}${end}</div>`))).toEqual(wanted);
    const result = JSON.stringify({ style: 'redirect', token: 'one-attempt', secret: 's&cret' });
    expect(readOAuthEnd(page(`<script type="application/json" id="result">${result}</script>`))).toEqual(wanted);
  });

  it.each([['{"token":"one-attempt","secret":null}'], ['{'], ['7'], ['']])('holds no credential: %s', (text) =>
    expect(readOAuthEnd(page(`<script id="result">${text}</script>`))).toBeNull(),
  );
});
