package layout

import "strings"

// A Page is an entry of the navigation.
type Page struct {
	Title string
	Path  string
	// Source is the name of the package under /source/, or empty if the page
	// is not one of the demo's own.
	Source string
}

// Pages are all entries of the navigation.
var Pages = []Page{
	{"Start", "/", "start"},
	{"Dashboard", "/dashboard", "dashboard"},
	{"Failure lab", "/lab", "lab"},
	{"Chat", "/chat", "chat"},
	{"Live board", "/board", "board"},
	{"Search", "/search", "search"},
	{"Inspector", "/inspect/", ""},
}

// at is the entry that path belongs to: itself or what is below it. The zero
// Page means none.
func at(path string) Page {
	for _, p := range Pages {
		if path == p.Path || p.Path != "/" && strings.HasPrefix(path, strings.TrimSuffix(p.Path, "/")+"/") {
			return p
		}
	}
	return Page{}
}

// current is the value of an entry's aria-current on the page at path.
func (p Page) current(path string) string {
	if p.Path == path {
		return "page"
	}
	return "true" // a page below it
}
