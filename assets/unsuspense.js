// unsuspense reveals the chunks of a streamed page in browsers that do not
// yet do so by themselves. The server sends
//
//     <?start name="1">fallback<?end> ...            in the shell
//     <template for="1">content</template><!/>       later, as a child of body
//
// and content that ends in <?start name="1"><?end> is added to by a later
// template for the same name.
//
// A browser with out-of-order patching (the HTML standard's template for)
// puts the content in place of the fallback as it parses. Other browsers parse
// the markers as comments and leave the template inert: there this script does
// the same work, and nothing anywhere else.
//
// It calls no eval and no sink for HTML strings. Content may be hostile, as far as
// a sanitizer lets it through: nothing is read from the document, or from an
// element that may be a form, by a name that an element in it can take; see the
// doc of package assets. Variables are shared where that saves bytes:
// script_test.go holds the size.

{
  let d = document,

    // A document without elements has methods that no element replaces.
    bare = new Document,

    // The body, or all of the document for a script that is run in the head.
    root = bare.querySelector.call(d, "body") || d,

    // The comments of the page by what they say, so that a page of a thousand
    // boundaries is walked through once.
    index = {},

    // The last template that was added, and the marker it is for.
    template, start,

    // What a comment says: ?start name="1". A processing instruction (some
    // engines have them but no patching) says the same. Nothing else does: not
    // the comment name="1", not the text "?end".
    words = node => node.nodeType > 7 ? node.data : "?" + node.nodeName + " " + node.data,

    // Adds what is below a node to the index. The first marker of a name wins,
    // as natively.
    scan = (node, walker) => {
      // 192 shows comments and processing instructions.
      for (walker = bare.createTreeWalker(node, 192); node = walker.nextNode();)
        index[words(node)] ||= node
    },

    // Takes nodes, at first in next, in the order in which the parser added
    // them. Where they are by now does not matter: a script of the page may
    // have wrapped or moved them.
    take = (next, node) => {
      for (node of next) {
        // The platform's own patching always comes with htmlFor, also in a template
        // that it has not used. Only a template has content that is a fragment: a
        // form may have a control named content.
        if (node.content?.nodeType > 7 && !node.htmlFor && (next = node.getAttribute("for"))) {
          template = node;
          // A key that starts with "?" is no property of Object.prototype.
          start = `?start name="${next}"`
        }

        // Only the <!/> after a template says that it is complete: observers
        // see templates that are still being parsed. It is taken out so that
        // a script which moves nodes about cannot add it a second time, after
        // a template that is not complete.
        else if (template && words(node) == "/") {
          node.remove();

          // Not known, or replaced by a script of the page.
          index[start]?.isConnected || scan(d, index = {});

          if (node = index[start]) {
            // The boundaries in the content, this one too if more is to be
            // added where the content ends: its old marker is forgotten first.
            scan(template.content, index[start] = 0);

            // Scripts from elsewhere would run as they arrive, not in order.
            for (next of template.content.querySelectorAll("script:not([async])")) next.async = 0;

            // The fallback and the end marker go; where that is missing, all
            // the rest of the parent, as natively. They go by way of the
            // template because a form with a control named "remove" has no
            // remove method.
            template.remove();
            while ((next = node.nextSibling) && (template.append(next), words(next).trim() != "?end"));
            node.replaceWith(template.content)
          }
        }
      }
    };

  // The parser adds at the end of body. What is added before something else came
  // from a chunk, while the next was already being parsed: a template in there is
  // no chunk.
  new MutationObserver(records => records.map(record => record.nextSibling || take(record.addedNodes)))
    .observe(root, { childList: 1, subtree: root == d });

  // What came before this script.
  take([...root.childNodes])
}
