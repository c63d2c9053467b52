import type { RocketChatDouble } from '../index.js';
import { Provider, providerValues } from './provider.js';
import { Socket } from './socket.js';
import { scene, type Scene } from './support.js';
import type { DoubleOptions } from '../index.js';

/** A double with a provider `besedka` that is switched on. */
export async function withProvider(
  options: DoubleOptions = {},
  values: Record<string, string | boolean> = {},
): Promise<Scene & { provider: Provider }> {
  const provider = await new Provider().start();
  const there = await scene({ limiter: false, ...options });
  await there.bridge.post('settings.addCustomOAuth', { name: 'besedka' });
  for (const [suffix, value] of Object.entries({ ...providerValues(provider), ...values })) {
    there.double.set(`Accounts_OAuth_Custom-Besedka${suffix}`, value);
  }
  there.double.settle();
  return { ...there, provider };
}

/** What a browser does in the legacy flow, without one: to the provider, back to the callback, sign in over DDP. */
export async function legacySignIn(double: RocketChatDouble, provider: Provider) {
  const state = Buffer.from(
    JSON.stringify({
      loginStyle: 'redirect',
      credentialToken: `credential-${Math.random()}`,
      isCordova: false,
      redirectUrl: `${double.url}/home`,
    }),
  ).toString('base64');
  const query = new URLSearchParams({
    client_id: provider.client.id,
    redirect_uri: `${double.url}/_oauth/besedka`,
    response_type: 'code',
    state,
    scope: 'openid',
  });
  const there = await fetch(`${provider.url}/o/authorize/?${query.toString()}`, { redirect: 'manual' });
  const back = await fetch(there.headers.get('location') ?? '');
  const page = await back.text();
  const { token, secret } = JSON.parse(/id="result">(.*?)<\/script>/.exec(page)?.[1] ?? '{}') as {
    token?: string;
    secret?: string;
  };
  const socket = await Socket.open(double.url);
  const answer = await socket.call('login', { oauth: { credentialToken: token, credentialSecret: secret } });
  socket.close();
  return {
    state,
    result: answer['result'] as { id: string; token: string } | undefined,
    error: answer['error'] as { error: string; reason: string } | undefined,
  };
}
