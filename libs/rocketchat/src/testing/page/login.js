import { element } from './dom.js';

/** SHA-256 in hexadecimal: passwords leave the page only so. */
async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The sign-in page: a form when the settings show one, a button for every provider that shows one, or the portal's own
 * page in a frame.
 */
export function loginView({ runtime, error, signIn, signInWith }) {
  const { settings, services } = runtime;
  if (settings.Accounts_iframe_enabled === true && settings.Accounts_iframe_url) {
    return element('main', {}, element('iframe', { src: settings.Accounts_iframe_url, title: 'Sign in' }));
  }
  const form = element('form', {
    'aria-label': 'Sign in',
    submit: async (event) => {
      event.preventDefault();
      const { user, password } = Object.fromEntries(new FormData(form));
      const who = user.includes('@') ? { email: user } : { username: user };
      signIn({ user: who, password: { digest: await digest(password), algorithm: 'sha-256' } });
    },
  });
  for (const service of services.filter((one) => one.showButton)) {
    form.append(
      element(
        'button',
        { type: 'button', 'data-service': service.service, click: () => signInWith(service) },
        service.buttonLabelText || service.service,
      ),
    );
  }
  if (settings.Accounts_ShowFormLogin !== false) {
    form.append(
      element('input', { name: 'user', placeholder: 'Email or username', autocomplete: 'username' }),
      element('input', {
        name: 'password',
        type: 'password',
        placeholder: 'Password',
        autocomplete: 'current-password',
      }),
      element('button', { type: 'submit' }, 'Login'),
    );
  }
  if (error) form.append(element('p', { class: 'error', role: 'alert' }, error));
  return element('main', {}, form);
}
