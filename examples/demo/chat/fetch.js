// Asks a question without leaving the page, shows the answer while it arrives, and
// can stop it. All text goes into textContent or a text node, so it is never markup.
"use strict";
{
  const [form, question, stop, answer, state] = ["ask", "question", "stop", "answer", "state"].map((id) => document.getElementById(id));
  let running; // aborts the current answer

  // tokens yields the text of an answer. The relay sends one line for each.
  async function* tokens(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const {value, done} = await reader.read();
      if (done) throw new Error("The answer was cut off.");
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (line === "data: [DONE]") return;
        if (!line.startsWith("data: ")) continue;
        const chunk = JSON.parse(line.slice(6));
        if (chunk.error) throw new Error(chunk.error.message);
        yield chunk.choices[0]?.delta?.content ?? "";
      }
    }
  }

  const words = () => `${answer.textContent.split(/\s+/).filter(Boolean).length} words`;

  const ask = async () => {
    running?.abort();
    const mine = (running = new AbortController());
    const name = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
    const asked = {answer: name, question: question.value, pace: form.elements.pace?.value};
    answer.textContent = "";
    answer.classList.add("running");
    state.textContent = "Asking…";
    stop.disabled = false;
    const start = performance.now();
    let told;
    try {
      const response = await fetch("/chat/answer", {method: "POST", body: JSON.stringify(asked), signal: mine.signal});
      if (!response.ok) throw new Error((await response.json()).error.message);
      state.textContent = "Writing. Escape stops it.";
      for await (const token of tokens(response.body)) answer.append(token);
      told = `${words()} in ${Math.round(performance.now() - start)} ms.`;
    } catch (e) {
      told = e.message;
      if (mine.signal.aborted) {
        told = `Stopped after ${words()}.`;
        if (mine === running) state.textContent = told;
        const end = await fetch(`/chat/end?answer=${name}`).catch(() => ({}));
        if (end.ok) told += " The request to the model has ended, too.";
      }
    }
    if (mine !== running) return; // another question was asked meanwhile
    state.textContent = told;
    answer.classList.remove("running");
    if (document.activeElement === stop) question.focus();
    stop.disabled = true;
  };

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    ask();
  });
  stop.addEventListener("click", () => running?.abort());
  addEventListener("keydown", (e) => {
    if (e.key === "Escape" && !stop.disabled) running.abort();
  });
}
