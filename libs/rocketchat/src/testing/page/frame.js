/** The two message protocols between the page and the one that embeds it. */

/** Tells the parent `{eventName, data}`, when the settings allow it. */
export function tellParent({ settings, faults }, eventName, data) {
  if (window.parent === window || settings.Iframe_Integration_send_enable !== true) return;
  if (faults.includes('frame-silent')) return;
  const target = settings.Iframe_Integration_send_target_origin || '*';
  for (const origin of target.split(',')) window.parent.postMessage({ eventName, data }, origin.trim());
}

/** Answers of commands carry the key `event`. */
export function answerParent(message) {
  if (window.parent !== window) window.parent.postMessage(message, '*');
}

/**
 * Listens to commands.
 *
 * @param commands name → what it does; called only with messages from a listed origin
 * @param frameLogin the second protocol, of the iframe authentication: it looks at no origin
 */
export function listen({ settings }, commands, frameLogin) {
  window.addEventListener('message', ({ data, origin }) => {
    if (typeof data !== 'object' || data === null) return;
    if (typeof data.externalCommand === 'string' && settings.Iframe_Integration_receive_enable === true) {
      const allowed = (settings.Iframe_Integration_receive_origin || '').split(',').map((one) => one.trim());
      if (allowed.includes('*') || allowed.includes(origin)) commands[data.externalCommand]?.(data);
    }
    if (typeof data.event === 'string' && settings.Accounts_iframe_enabled === true) frameLogin[data.event]?.(data);
  });
}
