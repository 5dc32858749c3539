package pagebench

// A text is escaped as an attribute and as text.
type text struct{ Title, Text string }

type link struct {
	text
	Href string
}

const (
	title  = "Suspense bench — fish & chips <1>"
	footer = `Footer: 5 > 4 & 3 < 4, "quoted"`
)

var nav = []link{
	navigation("P0"), navigation("P10"), navigation("P100"), navigation("P10D"), navigation("Pnest"),
}

func navigation(page string) link {
	return link{text{`Go to "` + page + `" & stay`, "Page " + page}, "/" + page}
}

const paragraph = "The shell of this page is sent at once, and every slow part is a boundary with a fallback: " +
	`"first paint" & <content> do not wait for the slowest query. `

var paragraphs = []string{paragraph + "One.", paragraph + "Two.", paragraph + "Three.", paragraph + "Four."}
