// Starts htmx, 2 or 4, with the shell of a page. htmx itself starts when the page has
// been parsed, which on a streamed page is after the last chunk. Also gives htmx what
// chunks, refreshes and live regions put into the page.
//
// Content on the page may be hostile, as far as a sanitizer lets it through. The
// script obeys no markup. It gives htmx elements of the body only, which htmx would
// process itself when the page has been parsed, and content between markers, after an
// event that markup cannot send. It does not read what htmx 2 has parsed, except for
// the places of processing instructions. What the elements say to htmx is for htmx to
// obey. The script reads no property of the window, of the document, or of an element
// that may be a form, by a name that an element can take: see the doc of package assets.
{
  let get = (type, name, node) => Reflect.get(type.prototype, name, node),
    on = addEventListener,
    once = Symbol.for("rivulet htmx"),
    started, patched, observer, busy = [],

    // An element with the id htmx is a property of the window, too, but not its own.
    loaded = () => Object.hasOwn(self, "htmx") && htmx.process,

    // The class that htmx 2 gives to elements that it has inserted and will process.
    // If they were processed now, and then without the class, what is requested once
    // would be requested twice.
    process = node => node instanceof Element && !get(Element, "classList", node).contains(htmx.config.addedClass) &&
      htmx.process(node),

    // The text of a marker, ?start name="1", which is a comment or a processing
    // instruction.
    words = node => node instanceof ProcessingInstruction ? `?${node.target} ${node.data}` : node instanceof Comment && node.data,

    // Makes comments of the processing instructions in a node.
    comment = (node, walker = new Document().createTreeWalker(node, 65), found = []) => {
      // 65 shows elements and processing instructions.
      while (node = walker.nextNode())
        node.nodeType > 1 ? found.push(node) : node.content?.nodeType > 7 && comment(node.content);
      for (node of found) node.replaceWith(new Comment(words(node)))
    },

    start = (body = get(Document, "body", document), parse = Document.parseHTMLUnsafe) => {
      if (started || !body || !loaded()) return;
      started = 1;
      if (htmx.initialize) htmx.initialize();
      else {
        // htmx 2 fails at a processing instruction at the top of what it inserts, and
        // does not process what stands behind. Markers are processing instructions in
        // browsers that patch, and comments in others. Chromium leaves comments out unless
        // it is called with options, and htmx 2 calls it without. So htmx 2 gets all
        // markers, and all as comments.
        if (parse) Document.parseHTMLUnsafe = (html, options = {}) => {
          let parsed = parse.call(Document, html, options);
          comment(parsed);
          return parsed
        };
        try {
          // htmx 2 reads its configuration later: from there, and it must count now.
          Object.assign(htmx.config, JSON.parse(Document.prototype.querySelector.call(document, 'meta[name="htmx-config"]').content))
        } catch { }
      }
      // htmx 4 has processed the body, or a form with this name.
      htmx.initialize && document.body == body || htmx.process(body);

      // A chunk is announced by nothing else. From the end of the page on, only
      // scripts add elements.
      if (!patched) {
        observer = new MutationObserver(records => {
          let added = new Set(records.flatMap(record => [...record.addedNodes]));
          for (let node of added)
            get(Node, "isConnected", node) && !added.has(get(Node, "parentNode", node)) && process(node)
        });
        observer.observe(body, { childList: true, subtree: true })
      }
    };

  // Runs once, even if the page has the script twice.
  if (!self[once]) {
    self[once] = 1;
    patched = get(Document, "readyState", document) != "loading";
    start();

    // The script of htmx may be behind this one, or async.
    on.call(document, "load", () => start(), true);

    // htmx 2 processes the body now, and an element whose attributes have changed since
    // it was processed starts anew. The classes of a request are such a change: what is
    // being requested, once, would be requested again. They are back before anything
    // is painted.
    on("DOMContentLoaded", () => {
      patched = 1;
      observer?.disconnect();
      if (loaded() && !htmx.initialize)
        for (let kind of ["request", "added", "swapping", "settling"]) {
          let name = htmx.config[kind + "Class"];
          for (let node of [...Document.prototype.getElementsByClassName.call(document, name)]) {
            let list = get(Element, "classList", node);
            list.remove(name);
            busy.push(() => list.add(name))
          }
        }
    }, true);
    on("DOMContentLoaded", () => busy.map(restore => restore()));

    // hx-multipart stops reading an answer when the element that has requested it is
    // removed, also if the first part of the answer replaces it. It finds the answer by
    // this property, which it has set. An element that connects again keeps it.
    on("htmx:multipart:after:connection", e => {
      e.detail.connection.config.reconnect || delete e.target._htmx.multipart
    });

    // What live has put into the page stands between two markers, in the element that
    // the event comes from.
    on("rivulet:patch", e => {
      let within;
      if (loaded())
        for (let node of [...get(Node, "childNodes", e.target)]) {
          let text = words(node);
          if (text == `?start name="${e.detail}"`) within = 1;
          else if (text == `?end name="${e.detail}"`) within = 0;
          else if (within) process(node)
        }
    })
  }
}
