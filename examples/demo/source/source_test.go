package source_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rivulet-go/rivulet/examples/demo/source"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
)

func TestSource(t *testing.T) {
	mux := http.NewServeMux()
	source.Register(mux, stream.Renderer{}, source.Package{Name: "page", Files: fstest.MapFS{
		"page.templ": {Data: []byte("package page\n\ntempl Page() {\n\t<p>&amp;</p>\n}\n")},
	}}, source.Package{Name: "other", Files: fstest.MapFS{}})

	t.Run("every line has its number and stands as it is in the file", func(t *testing.T) {
		html := streamtest.Get(t, mux, "/source/page").HTML
		for _, want := range []string{
			`<li id="page.templ-1"><code>package page</code></li>`,
			`<li id="page.templ-2"><code></code></li>`,
			"<li id=\"page.templ-4\"><code>\t&lt;p&gt;&amp;amp;&lt;/p&gt;</code></li>",
			`<li id="page.templ-5"><code>}</code></li></ol>`,
		} {
			if !strings.Contains(strings.ReplaceAll(html, ` class=""`, ""), want) {
				t.Errorf("page = %s\nwant it to hold %s", html, want)
			}
		}
	})
	t.Run("the packages link to each other", func(t *testing.T) {
		if html := streamtest.Get(t, mux, "/source/page").HTML; !strings.Contains(html, `href="/source/other"`) {
			t.Errorf("page = %s\nwant a link to the other package", html)
		}
	})
	t.Run("a package that is not there is not found", func(t *testing.T) {
		if got := streamtest.Get(t, mux, "/source/nothing").Status; got != http.StatusNotFound {
			t.Errorf("status = %d, want 404", got)
		}
	})
}
