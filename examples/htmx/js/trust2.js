// Gives htmx 2 a policy of Trusted Types, and all other scripts of the page, too.
trustedTypes.createPolicy("default", { createHTML: html => html });
