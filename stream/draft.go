package stream

import templruntime "github.com/a-h/templ/runtime"

// A draft is the content that a response is rendering. While one draft is set
// aside, the response can render another one: content within a view that writes
// into a writer of its own, or content whose turn has not come. Out of order, the
// draft of a waiting response is empty.
type draft struct {
	bytes []byte               // to be sent
	holes []hole               // in bytes
	buf   *templruntime.Buffer // views are rendered through it into bytes
	seen  int64                // loads.started when buf was taken into use
	spare *fragment            // reused for the next view through buf
	whole bool                 // boundaries are waited for in place, in every mode
	ahead bool                 // boundaries are not waited for, since their turn has not come
}
