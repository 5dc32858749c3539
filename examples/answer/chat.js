// Asks a question, shows the answer while it arrives, and can stop it. Text goes
// into text nodes, so that it is never markup. Without this script, the form is
// sent, and the answer grows in the page that comes back.
"use strict";
{
  const [form, stop, answer] = ["ask", "stop", "answer"].map(id => document.getElementById(id));
  let running = new AbortController();

  // chunks yields the chunks of an answer. The relay sends one line for each.
  async function* chunks(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const {value, done} = await reader.read();
      if (done) throw new Error("The answer was cut off.");
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (line === "data: [DONE]") return;
        if (!line.startsWith("data: ")) continue;
        const chunk = JSON.parse(line.slice("data: ".length));
        if (chunk.error) throw new Error(chunk.error.message);
        yield chunk;
      }
    }
  }

  // textOf is the text of a delta. Some servers send a list instead, of thoughts.
  const textOf = delta => (typeof delta?.content === "string" ? delta.content : "") || delta?.refusal || "";

  form.addEventListener("submit", async event => {
    event.preventDefault();
    running.abort();
    const mine = (running = new AbortController());
    answer.textContent = "";
    stop.hidden = false;
    try {
      const response = await fetch("/ask", {method: "POST", body: JSON.stringify({question: form.question.value}), signal: mine.signal});
      if (!response.ok) {
        const said = await response.json().catch(() => null); // null if a proxy has answered
        throw new Error(said?.error?.message ?? `The server does not answer: ${response.status}.`);
      }
      let reason;
      for await (const chunk of chunks(response.body)) {
        const {delta, finish_reason} = chunk.choices[0] ?? {};
        answer.append(textOf(delta));
        reason = finish_reason ?? reason;
      }
      if (["length", "content_filter"].includes(reason)) throw new Error("The answer is not whole.");
    } catch (e) {
      if (mine === running) answer.append(mine.signal.aborted ? " (stopped)" : ` (${e.message})`);
    }
    if (mine === running) stop.hidden = true;
  });
  stop.addEventListener("click", () => running.abort());
}
