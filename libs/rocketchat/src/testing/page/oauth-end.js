/** The page at the end of the legacy flow: leaves the secret where the page that began it finds it. */
const { style, token, secret, target } = JSON.parse(document.getElementById('result').textContent);
const key = `Meteor.oauth.credentialSecret-${token}`;
try {
  const place = style === 'redirect' ? window.sessionStorage : window.localStorage;
  if (secret !== null) place.setItem(key, secret);
} catch {
  // Blocked storage: the sign-in fails, which the page that began it says.
}
if (style === 'redirect') location.replace(target);
else window.close();
