// Renders a page of package pagebench with React. The boundaries come on standard
// input; the shell and the chunks go to standard output. All loads end after the
// shell has left. The frame is that of pagebench/frame.templ.
import { createElement as h, Suspense, use } from "react"
import { renderToPipeableStream } from "react-dom/server"
import { text } from "node:stream/consumers"
import { Writable } from "node:stream"

const boundaries = JSON.parse(await text(process.stdin))
const title = "Suspense bench — fish & chips <1>"
const style = `
		body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#222}
		header,footer{padding:1rem 2rem;background:#f4f4f8}
		nav a{margin-right:1rem;color:#0645ad}
		main{max-width:60rem;margin:0 auto;padding:1rem 2rem}
		ul{padding:0 0 0 1.2rem}
		li{padding:.1rem 0}
		.ph{color:#888;font-style:italic}
		h1{font-size:1.6rem;margin:0 0 .5rem}
		h3{font-size:1.1rem}
	`
const nav = ["P0", "P10", "P100", "P10D", "Pnest"]
const paragraph = "The shell of this page is sent at once, and every slow part is a boundary with a fallback: " +
	'"first paint" & <content> do not wait for the slowest query. '

let end
const left = new Promise(resolve => end = resolve)

const Rows = ({ rows }) => {
	use(left)
	return h("ul", null, rows.map(({ Title, Text }) => h("li", { key: Title, title: Title }, Text)))
}

const page = h("html", { lang: "en" },
	h("head", null, h("meta", { charSet: "utf-8" }), h("title", null, title), h("style", { dangerouslySetInnerHTML: { __html: style } })),
	h("body", null,
		h("header", null,
			h("h1", null, title),
			h("nav", null, nav.map(name => h("a", { key: name, href: "/" + name, title: `Go to "${name}" & stay` }, "Page " + name)))),
		h("main", null,
			["One.", "Two.", "Three.", "Four."].map(n => h("p", { key: n }, paragraph + n)),
			h("div", { id: "list" }, boundaries.map(({ ID, Rows: rows }) =>
				h(Suspense, { key: ID, fallback: h("p", { className: "ph" }, "Loading " + ID) }, h(Rows, { rows }))))),
		h("footer", null, h("p", null, 'Footer: 5 > 4 & 3 < 4, "quoted"'))))

let sent = "", shell
const { pipe } = renderToPipeableStream(page, {
	onShellReady() {
		pipe(new Writable({
			write(piece, _, done) { sent += piece; done() },
			final(done) { console.log(JSON.stringify({ Shell: shell, Chunks: sent.slice(shell.length).split(/(?<=<\/script>)/) })); done() },
		}))
		setImmediate(() => { shell = sent; end() })
	},
})
