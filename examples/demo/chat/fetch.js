// Asks a question without leaving the page, shows the answer while it arrives, and
// can stop it. The answer is a topic whose name stands in the URL, so a page that is
// loaded again, or in a second tab, reads it from its start. All text goes into
// textContent or a text node, so it is never markup.
"use strict";
{
  const [form, question, stop, answer, state] = ["ask", "question", "stop", "answer", "state"].map((id) => document.getElementById(id));
  let reading; // aborts the reading of the current answer

  const say = (text, writing = false) => {
    state.textContent = text;
    answer.classList.toggle("running", writing);
    if (!writing && document.activeElement === stop) question.focus();
    stop.disabled = !writing;
  };

  const words = () => {
    const n = answer.textContent.split(/\s+/).filter(Boolean).length;
    return n === 1 ? "1 word" : `${n} words`;
  };

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  // events yields the events of one response. The broker ends each line with LF, and
  // the id of an event is its last line.
  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let name = "", data = [], id;
    try {
      for (let rest = ""; ; ) {
        const {value, done} = await reader.read();
        if (done) return; // an event without its blank line comes again
        const lines = (rest + value).split("\n");
        rest = lines.pop();
        for (const line of lines) {
          const [, field, text] = /^(\w*):? ?([^]*)/.exec(line);
          if (field === "event") name = text;
          if (field === "data") data.push(text);
          if (field === "id") id = text;
          if (line !== "") continue;
          if (data.length > 0) yield {name, data: data.join("\n"), id};
          name = "", data = [];
        }
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  }

  // read shows an answer. When the connection is cut, it asks for what comes after
  // the last event. It returns what is to be said at the end.
  const read = async (run, reader) => {
    let [topic, id] = run.split("~"), failed;
    for (let wait = 500; ; wait = Math.min(2 * wait, 8000)) {
      // If the process that writes the answer dies, no end comes.
      const late = setTimeout(() => reader.abort(new Error("The model took too long.")), answer.dataset.patience);
      try {
        const response = await fetch(`/chat/answer?${new URLSearchParams({topic, lastEventId: id})}`, {signal: reader.signal});
        if (response.status === 204) return told(failed);
        if (response.ok) {
          say("Writing. Escape stops it.", true);
          for await (const e of events(response.body)) {
            if (e.name === "gap") return "This answer is no longer kept. Ask again.";
            if (e.name === "failed") failed = e.data;
            if (e.name === "end") return told(failed);
            if (e.name === "") answer.append(e.data);
            if (e.id) [id, wait] = [e.id, 500];
          }
        } else if (response.status < 500 && response.status !== 429) {
          return "There is no such answer.";
        }
      } catch {
        // The connection was cut, unless the reader was.
      } finally {
        clearTimeout(late);
      }
      reader.signal.throwIfAborted();
      say("The connection was lost. Trying again.", true);
      await pause(wait * (0.5 + Math.random())); // not all readers at once
      reader.signal.throwIfAborted();
    }
  };

  // told is what is said of an answer that has ended.
  const told = (failed) => ({
    stopped: `Stopped after ${words()}.`,
    unwatched: `Stopped after ${words()}, since nobody was watching.`,
    timeout: "The model took too long.",
  })[failed] ?? (failed ? "The model does not answer." : `${words()}.`);

  // show shows the answer that the URL names.
  const show = async () => {
    reading?.abort();
    const mine = (reading = new AbortController());
    const run = new URLSearchParams(location.search).get("run");
    answer.textContent = "";
    if (!run) return say("Nothing was asked yet.");
    say("Loading the answer.", true);
    const end = await read(run, mine).catch((e) => e.message);
    if (mine === reading) say(end);
  };

  // ask starts an answer. One that is still being written goes on until nobody reads
  // it: another tab may.
  const ask = async () => {
    reading?.abort();
    const mine = (reading = new AbortController());
    const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
    answer.textContent = "";
    say("Asking…");
    try {
      const body = JSON.stringify({key, question: question.value, pace: form.elements.pace?.value});
      const response = await fetch("/chat/answer", {method: "POST", body, signal: mine.signal});
      const says = await response.json();
      if (!response.ok) throw new Error(says.problem);
      history.pushState(null, "", `/chat/fetch?${new URLSearchParams(says)}`);
      show();
    } catch (e) {
      if (mine === reading) say(e.message);
    }
  };

  const end = async () => {
    const run = new URLSearchParams(location.search).get("run");
    const response = await fetch("/chat/stop", {method: "POST", body: new URLSearchParams({stop: run})}).catch(() => {});
    if (!response?.ok && !stop.disabled) say("The answer could not be stopped. Try again.", true);
  };

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    ask();
  });
  stop.addEventListener("click", end);
  addEventListener("keydown", (e) => {
    if (e.key === "Escape" && !stop.disabled) end();
  });
  addEventListener("popstate", () => {
    const asked = new URLSearchParams(location.search);
    question.value = asked.get("question") ?? question.defaultValue;
    if (form.elements.pace) form.elements.pace.value = asked.get("pace") ?? "0";
    show();
  });
  show();
}
