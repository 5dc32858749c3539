package layout

import "github.com/rivulet-go/rivulet/stream"

// Scriptless stands in the head of every page and chooses the mode: whole pages for
// crawlers, pages in order for browsers that neither patch pages nor run scripts.
var Scriptless = stream.Scriptless{Next: stream.Crawlers(nil)}
