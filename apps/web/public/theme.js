// Runs before the first paint: sets theme and language of the document so that nothing flashes.
// A file of its own because the content policy forbids inline scripts. Keys: src/app/preferences.ts.
(function () {
  var root = document.documentElement;
  var theme = null;
  var locale = null;
  try {
    theme = localStorage.getItem('besedka.theme');
    locale = localStorage.getItem('besedka.locale');
  } catch {
    // Storage may be forbidden; the system's choice is used then.
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.add(dark ? 'dark' : 'light');
  root.lang = locale === 'ru' || locale === 'en' ? locale : /^(ru|be|uk|kk)\b/.test(navigator.language) ? 'ru' : 'en';
  var meta = document.querySelector('meta[name="theme-color"]');
  if (meta) meta.setAttribute('content', dark ? '#121613' : '#f7f9f7');
})();
