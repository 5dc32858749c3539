package stream

import templruntime "github.com/a-h/templ/runtime"

// A draft is what a response is rendering, and how. A view that renders other
// boundaries in its midst, and content whose turn has not come, have drafts of
// their own. Out of order, the draft of a waiting response is empty.
type draft struct {
	bytes []byte               // to be sent
	holes []hole               // in bytes
	buf   *templruntime.Buffer // views are rendered through it into bytes
	seen  int64                // loads.started when buf was taken into use
	whole bool                 // boundaries are waited for in place, in every mode
	ahead bool                 // boundaries are not waited for, since their turn has not come
}
