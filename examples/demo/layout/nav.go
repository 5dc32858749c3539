package layout

import "strings"

// A Page is an entry of the navigation.
type Page struct {
	Title string
	Path  string
	// Source is the name of the package under /source/. It is empty if the demo
	// has no package for the page.
	Source string
}

// Pages are all entries of the navigation.
var Pages = []Page{
	{"Start", "/", "start"},
	{"Gallery", "/gallery", "gallery"},
	{"Dashboard", "/dashboard", "dashboard"},
	{"Airports", "/airports", "airports"},
	{"Failure lab", "/lab", "lab"},
	{"Chat", "/chat", "chat"},
	{"Live board", "/board", "board"},
	{"Search", "/search", "search"},
	{"Inspector", "/inspect/", ""},
}

// at returns the entry for a path: the entry's own path or one below it. The zero
// Page means none.
func at(path string) Page {
	for _, p := range Pages {
		if path == p.Path || p.Path != "/" && strings.HasPrefix(path, strings.TrimSuffix(p.Path, "/")+"/") {
			return p
		}
	}
	return Page{}
}

// current returns the value of aria-current for an entry on the page at path.
func (p Page) current(path string) string {
	if p.Path == path {
		return "page"
	}
	return "true" // a page below it
}
