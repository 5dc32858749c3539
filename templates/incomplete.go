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

// Incomplete tells the visitor that the page was cut: the connection was lost,
// or the server has died, and what is pending will never come. One is enough,
// first in the body, since it notices what breaks off behind it. It needs
// [Style] and no script: the notice is part of the page from the start, a delay
// of its animation hides it, and the last bytes of the page take it away (see
// [stream.WhilePending]).
//
// The delay is 5 to 10 s longer than loads may take (see [stream.Deadline]), so a
// page that is only slow does not show the notice, but one may that takes long to
// be read: its words should be true then, too. A page without such a limit, since
// the Renderer's Timeout is negative, has no notice. The longest delay is 85
// minutes.
//
// The children are the words of the notice. Without any it is a sentence in
// English with a link that loads the page again, or, where there is a base
// element, the URL of that.
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
	// A live region is read out when something within it starts to show. There
	// is no attribute hidden: many resets make that stronger than any rule.
	_, err := io.WriteString(w, `<span class="rv-incomplete" role="status"><span class="rv-overdue`+delay+`">`+text.String()+`</span></span>`)
	return err
}

// A delay is a sum of powers of two times five seconds, each a class of its own:
// so it can be any without a style attribute, which many policies forbid.
const (
	margin     = 5 * time.Second
	delayUnit  = 5 * time.Second
	delayClass = 10 // how many there are
)

// delayClasses returns the classes of the delay d, or nothing if it is too long.
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
