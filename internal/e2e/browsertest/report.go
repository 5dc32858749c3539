package browsertest

// A Report is a message of the page under test (seen, note, fault, picture,
// fetched, complete, leaves) or of its server (loaded, failed, ended).
type Report struct {
	Kind    string
	Text    string   // the watched name, the note, the fault, the file, the boundary's name, the digest
	Color   string   // colour of the element that was seen, at that moment
	Picture *Picture // state of the page
}

// A Picture is the state of the page under test at one moment.
type Picture struct {
	State     string            // the readyState of the document
	Native    bool              // whether the browser patches by itself
	Templates int               // number of chunks that have not been used
	Active    string            // the id of the element that has the focus
	Caret     string            // the selection in it
	Scroll    int               // how far the page is scrolled down
	Parts     map[string]string // the HTML in each element with an id, without comments
	Scrolled  map[string]int    // how far each of these elements is scrolled down
}
