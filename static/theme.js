// Runs in <head> before the first paint, so that a page never flashes in another theme. A choice
// in the address wins over the stored one, and lasts for that page alone.
(() => {
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const allowed = {
    theme: ["dark", "light"],
    palette: ["safe"],
    direction: ["red-up"],
    privacy: ["on"],
    "density-assets": ["comfortable", "compact", "dense"],
    "density-positions": ["comfortable", "compact", "dense"],
  };
  root.setAttribute("data-js", "");
  for (const [key, values] of Object.entries(allowed)) {
    let value = query.get(key);
    try {
      value ??= localStorage.getItem(`tokenlysis.${key}`);
    } catch {
      // Storage may be switched off; the page then follows the system.
    }
    if (value !== null && values.includes(value)) root.setAttribute(`data-${key}`, value);
  }
})();
