package gallery

import (
	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/source"
)

// A group is a heading and its cards.
type group struct {
	ID, Title string
	Entries   []entry
}

// An entry is an ability.
type entry struct {
	ID, Title, Says string
	Live            func(visit) templ.Component // the example; nil if there is none
	Links           []link                      // pages of the demo that show it
	Run             string                      // a program in examples that shows it
	Source          []place

	pieces []source.Piece // of the source
}

// A link is a page of the demo.
type link struct{ Label, URL string }

// A place is a declaration in a file below examples. No name means the whole file.
type place struct{ File, Name string }

const (
	own   = "demo/gallery/examples.templ"
	loads = "demo/gallery/loads.go"
)

// same is an example that does not depend on the request.
func same(c templ.Component) func(visit) templ.Component {
	return func(visit) templ.Component { return c }
}

// groups returns all entries with their source.
func groups() []group {
	return []group{
		{"arrive", "Parts that arrive later", withSource(arriving)},
		{"fail", "When something goes wrong", withSource(failing)},
		{"send", "How a page is sent", withSource(sending)},
		{"head", "Status, headers and title", withSource(deciding)},
		{"again", "Parts that are requested again", withSource(asking)},
		{"live", "Pages that keep changing", withSource(changing)},
		{"beside", "Together with", withSource(beside)},
	}
}

var arriving = []entry{
	{
		ID: "await", Title: "Await", Says: "A function loads a value, a component shows it, and a fallback stands there until then.",
		Live:   same(awaits()),
		Source: []place{{own, "awaits"}, {own, "Waiting"}, {own, "Strong"}, {loads, "weather"}},
	},
	{
		ID: "suspense", Title: "Suspense", Says: "A component that does its slow work in its own body keeps it: Suspense stands around it.",
		Live:   same(suspends()),
		Source: []place{{own, "suspends"}, {own, "Advice"}},
	},
	{
		ID: "text", Title: "Text", Says: "Text grows piece by piece in the same response, as the answer of a model does.",
		Live:   same(writes()),
		Source: []place{{own, "writes"}, {loads, "story"}},
	},
	{
		ID: "each", Title: "Each", Says: "Each value of a sequence is shown when it is found, behind those before it.",
		Live:   same(lists()),
		Links:  []link{{"rows with a query each", "/dashboard#hubs"}, {"what a search finds", "/search?q=star"}},
		Source: []place{{own, "lists"}, {own, "River"}, {loads, "rivers"}, {"demo/dashboard/page.templ", "Hubs"}},
	},
	{
		ID: "rows", Title: "Rows in a table", Says: "The content of a part stands wherever it may: rows in a tbody, items in a list.",
		Live:   same(rows()),
		Links:  []link{{"a list and a table that fail", "/lab"}},
		Source: []place{{own, "rows"}, {own, "RowsWaiting"}, {own, "LakeRows"}},
	},
	{
		ID: "nested", Title: "Parts within parts", Says: "A view may contain parts of its own. Their loads begin when the view is shown.",
		Live:   same(nests()),
		Source: []place{{own, "nests"}, {own, "Deepest"}},
	},
}

var failing = []entry{
	{
		ID: "error-card", Title: "ErrorCard", Says: "A part that fails says so, with a reference to the log, and can be tried again. The others are not affected.",
		Live:   visit.errorCard,
		Links:  []link{{"the failure lab", "/lab"}},
		Source: []place{{own, "visit.errorCard"}, {loads, "visit.flaky"}},
	},
	{
		ID: "error-view", Title: "ErrorView", Says: "Any component can stand for a part that has failed. The text of the error never reaches the page by itself.",
		Live:   same(errorView()),
		Source: []place{{own, "errorView"}, {own, "Unknown"}},
	},
	{
		ID: "dev-error", Title: "DevError", Says: "In development, the page shows the error, what it wraps and, after a panic, the stack.",
		Live:   same(devError()),
		Source: []place{{own, "devError"}, {loads, "refused"}, {"loading/main.go", "routes"}},
	},
	{
		ID: "timeout", Title: "Timeout", Says: "A part that takes too long fails. The page goes on, even if the load ignores the end of its context.",
		Live:   same(timesOut()),
		Links:  []link{{"a load that ignores it", "/lab?card=ignore&card.ms=800&card.own=1"}},
		Source: []place{{own, "timesOut"}, {own, "TooLate"}, {loads, "hangs"}},
	},
	{
		ID: "optional", Title: "Optional", Says: "A part that may be missing shows nothing when it fails, and its failure is no error in the log.",
		Live:   same(optional()),
		Source: []place{{own, "optional"}},
	},
	{
		ID: "cut", Title: "Incomplete", Says: "A page that was cut says so. With scripts, parts that have a key are requested again.",
		Links:  []link{{"cut behind the shell", "/lab/cut?at=shell"}, {"cut within a chunk", "/lab/cut?at=chunk"}},
		Source: []place{{"demo/layout/layout.templ", "Document"}, {"demo/lab/cut.templ", "CutPage"}},
	},
}

var sending = []entry{
	{
		ID: "modes", Title: "Out of order, in order, complete", Says: "The same page is sent in three ways. Crawlers and scripts get it complete, unless the program says otherwise.",
		Links:  []link{{"out of order", "/gallery"}, {"in order", "/gallery?mode=order"}, {"complete", "/gallery?mode=complete"}},
		Source: []place{{"demo/layout/mode.go", "ChosenMode"}},
	},
	{
		ID: "limit", Title: "Limit and Grace", Says: "Limit caps the loads that run at once. Grace lets the shell wait a little for those that are nearly done.",
		Links:  []link{{"one load at once", "/dashboard?limit=1"}, {"100 ms of grace", "/dashboard?grace=100"}},
		Source: []place{{"demo/dashboard/dashboard.go", "page"}},
	},
	{
		ID: "no-script", Title: "NoScript", Says: "Chromium and Edge patch pages by themselves. Others need a script of 700 bytes, or a page in order.",
		Links:  []link{{"a page without a script", "/gallery/no-script"}},
		Source: []place{{"demo/gallery/gallery.go", "bare"}, {"demo/layout/scriptless.go", "Scriptless"}},
	},
	{
		ID: "start", Title: "Start", Says: "A load begins early, in the handler, and serves several parts: it runs once.",
		Run:    "loading",
		Source: []place{{"loading/main.go", "routes"}},
	},
}

var deciding = []entry{
	{
		ID: "critical", Title: "Critical", Says: "The first byte waits for a critical part, which may still make the page a 404 or a redirect.",
		Links: []link{
			{"a 404", "/airports/ATX"}, {"a redirect", "/airports/BAL"},
			{"a 503 in time", "/lab?card=down&card.ms=800&card.critical=1"}, {"a 404 too late", "/lab?card=missing&card.ms=800"},
		},
		Source: []place{{"demo/airports/page.templ", "Page"}, {"demo/airports/airports.go", "visit.Airport"}},
	},
	{
		ID: "title", Title: "Head and SetHead", Says: "A view that knows the title sets it, at any depth and also after the head was sent.",
		Links:  []link{{"the title of an airport", "/airports/ATL"}},
		Source: []place{{"demo/airports/page.templ", "Head"}, {"demo/airports/page.templ", "AirportView"}},
	},
	{
		ID: "cookies", Title: "Header", Says: "A load sets headers and cookies as long as the first byte has not left: a critical one is in time.",
		Live:   visit.cookies,
		Run:    "status",
		Source: []place{{own, "visit.cookies"}, {loads, "visit.first"}, {"status/main.go", "visit.account"}},
	},
}

var asking = []entry{
	{
		ID: "refresh", Title: "Key and data-refresh", Says: "A part with a key is requested again without the rest of its page. Without scripts, the link loads the page.",
		Live:   same(refreshes()),
		Links:  []link{{"a form that does so", "/dashboard#airport"}},
		Source: []place{{own, "refreshes"}, {loads, "roll"}},
	},
	{
		ID: "every", Title: "Every", Says: "The page requests a part from time to time, while it can be seen.",
		Live:   same(repeats()),
		Source: []place{{own, "repeats"}},
	},
	{
		ID: "event", Title: "An event", Says: "A script of yours asks for a part with the event rivulet:refresh. So does Region.Refresh, published for a live region. Leave this tab and come back.",
		Live:   same(returns()),
		Source: []place{{own, "returns"}, {"demo/gallery/back.js", ""}},
	},
	{
		ID: "try-again", Title: "Try again", Says: "The card of a part that has failed has a link that requests it again, and says if that fails, too.",
		Links:  []link{{"the card above", "#error-card"}},
		Source: []place{{own, "visit.errorCard"}},
	},
}

var changing = []entry{
	{
		ID: "append", Title: "Append and Prepend", Says: "An item is published once and appears on all open pages.",
		Links:  []link{{"sign the guest list", "/board#guests"}},
		Run:    "guests",
		Source: []place{{"guests/page.templ", "Rows"}, {"guests/main.go", "book.add"}, {"demo/board/tell.go", "Board.news"}},
	},
	{
		ID: "move", Title: "Replace and Move", Says: "An item changes, or moves to another place, and keeps focus and typed text.",
		Links:  []link{{"the latest pages", "/board#latest"}},
		Source: []place{{"demo/board/turn.go", "Board.turn"}},
	},
	{
		ID: "region", Title: "Regions with a limit", Says: "Several regions share one connection. One with a limit drops the items beyond it.",
		Links:  []link{{"the live board", "/board"}},
		Source: []place{{"demo/board/board.go", "start"}, {"demo/board/board.go", "Board.round"}},
	},
	{
		ID: "sse", Title: "Events and topics", Says: "Server-Sent Events without a page: for one client, or published to all who read a topic, with replay.",
		Run:    "events",
		Source: []place{{"events/main.go", "clock"}, {"events/main.go", "site.publish"}},
	},
	{
		ID: "llm", Title: "The answer of a model", Says: "Words appear as the model makes them, also after a reload and in a second tab. The model stops when nobody reads or a visitor presses Stop.",
		Links:  []link{{"in the page, without a script", "/chat"}, {"fetched, with a stop button", "/chat/fetch"}},
		Source: []place{{"demo/chat/answer.go", "Endpoint.ask"}, {"demo/chat/fetch.templ", "FetchPage"}, {"demo/chat/fetch.go", "Chat.serveStart"}},
	},
}

var beside = []entry{
	{
		ID: "htmx", Title: "htmx", Says: "The same components answer htmx with whole fragments, and stream into pages that htmx boosts.",
		Links:  []link{{"search, with htmx", "/search/htmx?q=star"}},
		Run:    "htmx",
		Source: []place{{"demo/search/page.templ", "HTMX"}, {"htmx/page.templ", "Layout"}},
	},
	{
		ID: "inspector", Title: "Inspector", Says: "A waterfall of each of the last responses, for developers. The program prints the address that opens it.",
		Run:    "observe",
		Source: []place{{"observe/main.go", "routes"}},
	},
	{
		ID: "policy", Title: "Content-Security-Policy", Says: "Scripts and styles carry a nonce, and Trusted Types may be required. All pages of the demo do both.",
		Run:    "csp",
		Source: []place{{"demo/csp.go", "strict"}},
	},
}
