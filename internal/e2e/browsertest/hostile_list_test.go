package browsertest_test

import "fmt"

// evil stands in the list for the URL of a stream that commands the page if it
// is asked: of another origin, then of the page's own.
const evil, evilHere = "https://evil.example/e", "https://here.example/e"

// hostile is HTML that aims at the scripts of package assets: at every attribute,
// element and comment by which they take orders, and at every name that they
// could stumble over. Each goes through sanitizers first.
func hostile() []string {
	list := []string{`<b id="written">harmless</b>`}
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }

	// The orders of regions, in the form of today and in the one before.
	for _, url := range []string{evil, evilHere, "//evil.example/e", `\\evil.example\e`} {
		for _, tag := range []string{"p", "template", "a", "div", "form", "custom-element"} {
			add(`<%s data-r="%s?x=" data-n="1" id="box.live" class="x">x</%[1]s>`, tag, url)
		}
		add(`<?live box 1 %s?x=><template data-r></template>`, url)
		add(`<!--?live box 1 %s?x=--><template data-r></template>`, url)
		add(`<template data-r></template><?live box 1 %s?x=><template data-r></template>`, url)
		add(`<a name="?live box 1 %s?x=" target="live"></a><template data-r></template>`, url)
		add(`<svg><live data="box 1 %s?x="></live><template data-r></template></svg>`, url)
		add(`<math><live>box 1 %s?x=</live></math><template data-r></template>`, url)
		add(`?live box 1 %s?x=<template data-r></template>`, url)
		add(`<object data="?live box 1 %s?x="></object><template data-r></template>`, url)
		add(`<form><input name="nodeType" value="8"><input name="data" value="?live box 1 %s?x="></form><template data-r></template>`, url)
		add(`<base href="%s">`, url)
	}

	// The orders of keys, of notices and of pages that were cut.
	for _, order := range []string{"every box 1000", "every a/b 1", "late 0", "late 30000", "notice", "chunk box", "chunk", "live box 1 /e?x="} {
		add(`<?%s><template data-r></template>`, order)
		add(`<!--?%s--><template data-r></template>`, order)
		add(`<!--?%s?--!><template data-r="1"></template><!-- ?%[1]s -->`, order)
		add(`<p data-r="%s">x</p><template data-r title="?%[1]s"></template>`, order)
	}
	add(`<p data-failed="true" aria-busy="true" data-whole="1" data-live="lost" data-refresh="box" data-limit="0">x</p>`)

	// Chunks, patches and markers.
	for _, name := range []string{"1", "2", "3", "4", "box", "box.start", "box.end", "box.live", "box.users", "box.x", "?move box.users box.x", "?before box.x", "?refresh box"} {
		for _, text := range []string{`<i class="pwned">x</i>`, ""} {
			add(`<template for="%s">%s</template><!/>`, name, text)
			add(`<template id="%s" for="%[1]s">%s</template><!--/-->`, name, text)
			add(`<form for="%s"><input name="content">%s</form><!/>`, name, text)
		}
		add(`<label for="%s">x</label><output for="%[1]s">x</output>`, name)
		add(`<?start name="%s"><?end name="%[1]s"><?end>`, name)
		add(`<?start name="%s"?><?marker name="%[1]s"?><?end?>`, name)
		add(`<!--?start name="%s"--><!--?end name="%[1]s"--><!--?marker name="%[1]s"--><!--?end-->`, name)
		add(`<svg><start name='"%s"' data='name="%[1]s"'></start><end data='name="%[1]s"'></end></svg>`, name)
		add(`?start name="%s" x ?end name="%[1]s" ?end`, name)
	}
	add(`<!/><!--/--></><?/>`)
	add(`<html data-live="open"><body data-live="open"><p data-live="open">x</p>`)

	// Names of what the scripts, or others before them, read from the document,
	// the window and nodes.
	for _, name := range names {
		add(`<form name="%s" id="%[1]s"></form><img name="%[1]s" id="%[1]s"><a name="%[1]s" id="%[1]s">x</a>`, name)
		add(`<form tabindex="0" id="box"><input name="%s" id="%[1]s"><button name="%[1]s">x</button></form>`, name)
		add(`<object name="%s" id="%[1]s"></object><iframe name="%[1]s"></iframe><embed name="%[1]s">`, name)
	}

	// What swallows what comes behind.
	for _, open := range []string{"<!--", "<textarea>", "<title>", "<style>", "<script>", "<template>", "<div title=\"", "<img alt='", "<plaintext>", "</div></div></section></main></body></html>", "<table><tr>", "<select>", "<svg><desc>", "<![CDATA["} {
		add("%s", open)
	}
	return list
}

// names are of properties of documents, windows and nodes.
var names = []string{
	"body", "head", "documentElement", "createTreeWalker", "createElement", "querySelector", "querySelectorAll",
	"getElementById", "activeElement", "prerendering", "childNodes", "firstChild", "lastChild", "defaultView", "location",
	"currentScript", "implementation", "evaluate", "nodeType", "nodeName", "data", "content", "dataset", "attributes",
	"getAttribute", "isConnected", "remove", "append", "after", "replaceWith", "nextSibling", "previousSibling", "parentNode",
	"children", "contains", "matches", "closest", "id", "focus", "htmlFor", "target", "addEventListener", "hasOwnProperty",
	"toString", "valueOf", "trustedTypes", "createPolicy", "createHTML", "EventSource", "fetch", "self", "document", "Document",
	"Reflect", "Range", "URL", "MutationObserver", "HTMLTemplateElement", "sessionStorage", "queueMicrotask", "setInterval",
	"Object", "console", "policy", "rivulet", "template", "root", "name", "length", "item", "observe", "constructor", "__proto__",
	"start", "abort", "asked", "done", "url", "WeakSet", "Map", "AbortController", "history", "rv", "data-r", "data-refresh",
}
