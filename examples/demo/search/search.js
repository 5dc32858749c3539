// Fetches the results while the visitor types and puts them into the page. The
// results are HTML. A policy of Trusted Types, which the Content-Security-Policy
// names, allows this file to make elements of it.
"use strict";
{
  const policy = self.trustedTypes?.createPolicy("demo", { createHTML: html => html });
  const form = document.getElementById("search");
  const count = document.getElementById("count");
  const results = document.getElementById("results");
  let timer, request;

  const search = async () => {
    clearTimeout(timer);
    request?.abort(); // what it asked is no longer the question
    const mine = request = new AbortController();
    const query = "?" + new URLSearchParams(new FormData(form));
    history.replaceState(null, "", query); // reloaded, the page shows the same
    results.ariaBusy = "true";
    try {
      const answer = await fetch("/search/results" + query, { signal: mine.signal });
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      const template = document.createElement("template");
      template.innerHTML = policy ? policy.createHTML(html) : html;
      const counted = template.content.querySelector("#count");
      counted.remove();
      count.replaceChildren(...counted.childNodes);
      results.replaceChildren(template.content);
    } catch (e) {
      if (e.name == "AbortError") return;
      count.textContent = "The search did not answer. Go on typing to try again.";
    }
    results.ariaBusy = "false";
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  });
  form.addEventListener("submit", e => {
    e.preventDefault();
    search();
  });
}
