// Gives htmx the policy that Trusted Types ask for. What htmx inserts is what
// this server has answered.
"use strict";
htmx.registerExtension("trust", {
  init: api => api.initSecurity(self.trustedTypes?.createPolicy("demo", { createHTML: html => html, createScript: () => "" }))
});
