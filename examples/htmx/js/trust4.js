// Gives htmx 4 a policy of Trusted Types.
htmx.registerExtension("mine", {
  init: api => api.initSecurity(trustedTypes.createPolicy("mine", { createHTML: html => html, createScript: () => "" }))
});
