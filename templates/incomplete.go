package templates

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Incomplete tells the visitor that the page was cut: the connection was lost or
// the server has died, and pending content will never arrive. A page needs one,
// first in the body, since it covers only what follows it. It needs [Style] and
// no script. The notice is part of the page from the start. A delay of its
// animation hides it, and the last bytes of the page remove it (see
// [stream.WhilePending]).
//
// The delay is 5 to 10 s longer than loads may take (see [stream.Deadline]). A
// page that is only slow does not show the notice. A page that takes long to be
// received may show it, so the words should be true in that case, too. A page
// without a limit on its loads, since the Renderer's Timeout is negative, has no
// notice. The longest delay is 85 minutes. Beyond that, there is no notice.
//
// Boundaries with a key are requested again before that, by the script live. If all
// that was pending has come then, the notice does not show.
//
// A fragment that hx-multipart inserts part by part may have a notice of its own, which
// tells that the fragment was cut. See [stream.Multipart].
//
// The children are the text of the notice. Without children, the text is a
// sentence in English with a link that loads the page again. If the page has a
// base element, the link leads to its URL.
func Incomplete() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		words := templ.GetChildren(ctx)
		notice := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return writeIncomplete(ctx, w, words)
		})
		return stream.WhilePending(notice).Render(templ.ClearChildren(ctx), w)
	})
}

func writeIncomplete(ctx context.Context, w io.Writer, words templ.Component) error {
	deadline, ok := stream.Deadline(ctx)
	if !ok {
		return nil
	}
	delay := delayClasses(time.Until(deadline) + margin)
	if delay == "" {
		return nil
	}
	var text strings.Builder
	if err := words.Render(ctx, &text); err != nil {
		return err
	}
	if strings.TrimSpace(text.String()) == "" {
		text.Reset()
		text.WriteString(`Part of this page has not arrived. <a href="">Load the page again</a>`)
	}
	// A live region is read out when content in it becomes visible. The attribute
	// hidden is not used, since many style sheets make it stronger than any rule.
	_, err := io.WriteString(w, `<span class="rv-incomplete" role="status"><span class="rv-overdue`+delay+`">`+text.String()+`</span></span>`)
	return err
}

// A delay is a sum of powers of two times five seconds. Each summand is a class, so
// that a delay needs no style attribute, which many policies forbid.
const (
	margin     = 5 * time.Second
	delayUnit  = 5 * time.Second
	delayClass = 10 // number of classes
)

// delayClasses returns the classes of the delay d, or "" if it is too long.
func delayClasses(d time.Duration) string {
	units := int64((max(d, margin) + delayUnit - 1) / delayUnit)
	if units >= 1<<delayClass {
		return ""
	}
	var b strings.Builder
	for i := range delayClass {
		if units&(1<<i) != 0 {
			b.WriteString(" rv-delay-" + strconv.FormatInt(5<<i, 10))
		}
	}
	return b.String()
}
