package browsertest

// A Report is what the page under test says: seen, note, fault, picture,
// fetched, complete, leaves; or what its server says: loaded, failed, ended.
type Report struct {
	Kind    string
	Text    string   // the watched name, the note, the fault, the file, the boundary's name, the digest
	Color   string   // of what was seen, at that moment
	Picture *Picture // how the page looks
}

// A Picture is how the page under test looks at one moment.
type Picture struct {
	State     string            // the readyState of the document
	Native    bool              // whether the browser patches by itself
	Templates int               // how many chunks have not been used
	Active    string            // the id of the element that has the focus
	Caret     string            // the selection in it
	Scroll    int               // how far the page is scrolled down
	Parts     map[string]string // the HTML in each element with an id, without comments
	Scrolled  map[string]int    // how far each of them is scrolled down
}
