package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
)

//go:embed probe.js
var probeJS string

// Probe is the probe for the head of a page under test.
func Probe() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		v := visitOf(ctx)
		if v.browser.Engine.Scripting {
			watch, err := json.Marshal(v.scenario.Watch)
			if err != nil {
				return err
			}
			// Firefox may hold a chunk back after a script that it had to wait
			// for, so the probe comes inline where the policy allows that.
			src, text := "", probeJS
			if p := v.scenario.Policy; p != "" && !strings.Contains(p, "{nonce}") {
				src, text = ` src="probe.js"`, ""
			}
			_, err = fmt.Fprintf(w, `<script%s nonce="%s" data-watch="%s">%s</script>`,
				src, templ.EscapeString(templ.GetNonce(ctx)), templ.EscapeString(string(watch)), text)
			return err
		}
		if refreshes, _ := ctx.Value(refreshKey{}).(bool); refreshes {
			if _, err := io.WriteString(w, `<noscript><meta http-equiv="refresh" content="0;url=?`+noScriptCookie+`=1"></noscript>`); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, `<link rel="stylesheet" href="probe.css">`)
		return err
	})
}

// Hold keeps a page under test from being finished before the visit has ended. It
// stands in the body. With scripting off, the browser leaves a finished page by
// itself.
func Hold() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		refreshes, _ := ctx.Value(refreshKey{}).(bool)
		if visitOf(ctx).browser.Engine.Scripting || refreshes {
			return nil
		}
		_, err := io.WriteString(w, `<img src="hold.svg" alt="" width="1" height="1">`)
		return err
	})
}

// probeCSS asks for an image of its own for each watched selector that matches
// an element with a box.
func probeCSS(watch map[string]string) string {
	var rules strings.Builder
	var images []string
	for i, name := range slices.Sorted(maps.Keys(watch)) {
		fmt.Fprintf(&rules, "%s{--seen-%d:url(\"seen?name=%s\")}\n", watch[name], i, url.QueryEscape(name))
		images = append(images, fmt.Sprintf("var(--seen-%d,none)", i))
	}
	if len(images) > 0 {
		fmt.Fprintf(&rules, "*{background-image:%s}\n", strings.Join(images, ","))
	}
	return rules.String()
}

func serveImage(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "image/svg+xml")
	io.WriteString(w, `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`)
}
