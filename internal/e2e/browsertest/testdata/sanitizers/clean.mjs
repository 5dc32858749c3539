// Runs sanitize-html on each string of a list, at its defaults and with data
// attributes and what page builders allow besides.
import sanitize from "sanitize-html";

let text = "";
for await (const part of process.stdin) text += part;
const list = JSON.parse(text);
const {allowedTags, allowedAttributes} = sanitize.defaults;
const wide = {
  allowedTags: [...allowedTags, "img", "form", "input", "button", "select", "option", "textarea", "label"],
  allowedAttributes: {...allowedAttributes, "*": ["id", "name", "class", "for", "tabindex", "data-*"]},
};
process.stdout.write(JSON.stringify({
  "sanitize-html": list.map(html => sanitize(html)),
  "sanitize-html with forms, ids and data attributes": list.map(html => sanitize(html, wide)),
}));
