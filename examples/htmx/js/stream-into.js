// Reads a fragment as it comes and puts it into target. htmx makes it work.
const streamInto = async (url, target) => {
  const prefix = "f" + Math.random().toString(36).slice(2, 8);
  const body = (await fetch(url, { headers: { "Rivulet-Prefix": prefix } })).body;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const template = document.createElement("template");
  const words = node => node.nodeType > 7 ? node.data : `?${node.nodeName} ${node.data}`;
  const put = (html, replace) => {
    template.innerHTML = html;
    const added = [...template.content.children];
    replace(template.content);
    for (const element of added) htmx.process(element);
  };
  const find = name => {
    const walker = document.createTreeWalker(target, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_PROCESSING_INSTRUCTION);
    while (walker.nextNode()) if (words(walker.currentNode) == `?start name="${name}"`) return walker.currentNode;
  };
  let text = "", shell = true;
  for (let part; !(part = await reader.read()).done;) {
    text += part.value;
    let first = text.indexOf(`<template for="${prefix}-`);
    if (shell) put(first < 0 ? text : text.slice(0, first), content => target.replaceChildren(content));
    if (first >= 0) shell = false;
    for (let end; first >= 0 && (end = text.indexOf("</template><!/>", first)) >= 0; first = text.indexOf("<template for=")) {
      const [, name] = text.slice(first).split('"'), start = find(name);
      if (start) put(text.slice(text.indexOf(">", first) + 1, end), content => {
        while (words(start.nextSibling).trim() != "?end") start.nextSibling.remove();
        start.nextSibling.remove();
        start.replaceWith(content);
      });
      text = text.slice(end + "</template><!/>".length);
    }
  }
};
