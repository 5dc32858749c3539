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

    // The comments of the page by their text, so that a page of a thousand
    // boundaries is walked through once.
    index = {},

    // The last template that was added, and the marker it is for.
    template, start,

    // The text of a marker: ?start name="1". It is a comment or, in engines that
    // have them but do not patch, a processing instruction. Other nodes have no such
    // text: neither the comment name="1" nor the text "?end".
    words = node => node.nodeType > 7 ? node.data : "?" + node.nodeName + " " + node.data,

    // Adds the markers below a node to the index. The first marker of a name counts,
    // as in native patching.
    scan = (node, walker) => {
      // 192 shows comments and processing instructions.
      for (walker = bare.createTreeWalker(node, 192); node = walker.nextNode();)
        index[words(node)] ||= node
    },

    // Takes the nodes in next, in the order in which the parser added them. Their
    // current place does not matter: a script of the page may have wrapped or moved
    // them.
    take = (next, node) => {
      for (node of next) {
        // A browser with native patching has htmlFor, also in a template that it has
        // not used. Only the content of a template is a fragment: a form may have a
        // control named content.
        if (node.content?.nodeType > 7 && !node.htmlFor && (next = node.getAttribute("for"))) {
          template = node;
          // Object.prototype has no property that starts with "?".
          start = `?start name="${next}"`
        }

        // Only the <!/> after a template shows that the template is complete, since
        // observers see templates that are still being parsed. The <!/> is removed,
        // so that a script that moves nodes cannot add it again after an incomplete
        // template.
        else if (template && words(node) == "/") {
          node.remove();

          // The marker is unknown, or a script of the page has replaced it.
          index[start]?.isConnected || scan(d, index = {});

          if (node = index[start]) {
            // Adds the boundaries in the content, and this boundary again if more is
            // to be added at the end of the content. Its old marker is removed first.
            scan(template.content, index[start] = 0);

            // External scripts would otherwise run as they arrive, not in order.
            for (next of template.content.querySelectorAll("script:not([async])")) next.async = 0;

            // Removes the fallback and the end marker or, without an end marker, the
            // rest of the parent, as native patching does. The nodes are moved to the
            // template, since a form with a control named "remove" has no remove
            // method.
            template.remove();
            while ((next = node.nextSibling) && (template.append(next), words(next).trim() != "?end"));
            node.replaceWith(template.content)
          }
        }
      }
    };

  // The parser adds nodes at the end of body. A node that is added before another
  // one comes from the content of a chunk: a template among such nodes is no chunk.
  new MutationObserver(records => records.map(record => record.nextSibling || take(record.addedNodes)))
    .observe(root, { childList: 1, subtree: root == d });

  // The nodes before this script.
  take([...root.childNodes])
}
